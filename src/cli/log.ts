/** The log: pino, one JSON object a line. */

import { pino } from 'pino';
import { type Log, redact } from '../contract/index.ts';
import type { LogPlan } from '../gateway/plan.ts';
import type { Output } from './terminal.ts';

/** A log whose level can be changed by a reload. */
export interface GatewayLog extends Log {
  level: string;
}

/**
 * Makes the log. Every line passes through `redact`: whatever a vendor's library
 * puts into an error, a secret of the configuration does not get out.
 * @param secrets asked at every line, because a reload may change them
 */
export function createLog(level: LogPlan['level'], output: Output, secrets: () => readonly string[]): GatewayLog {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => void output.write(redact(line, secrets())) },
  );
}
