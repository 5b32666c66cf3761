/** The log: pino on standard error, one JSON object a line. */
import { pino } from 'pino';
import { redact } from '../config/secrets.ts';
import type { Log } from '../gateway/adapter.ts';
import type { LogPlan } from '../gateway/plan.ts';
import type { Output } from './terminal.ts';

/**
 * Makes the log. Every line passes through `redact`: whatever a vendor's library
 * puts into an error, a secret of the configuration does not get out.
 * @param secrets asked at every line, because a reload may change them
 */
export function createLog(
  level: LogPlan['level'],
  output: Output,
  secrets: () => readonly string[],
): Log & { level: string } {
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
