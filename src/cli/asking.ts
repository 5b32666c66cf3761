/** Asks a gateway of this process one question, and says what came of it. */

import { createGateway, type Gateway } from '../gateway/gateway.ts';
import type { Failure } from '../gateway/outcome.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { redact } from '../gateway/secret-forms.ts';
import type { Terminal } from './terminal.ts';
import { silentLog, terminalLog } from './terminal-log.ts';
import { printable } from './text-width.ts';

/** One question to a gateway. */
export interface Asking<Outcome> {
  readonly plan: GatewayPlan;
  /** Whether the configuration has what is asked for. */
  readonly isKnown: boolean;
  ask(gateway: Gateway): Promise<Outcome>;
  /** Writes the outcome; the words of a failure stand on stderr already. */
  show(outcome: Outcome): Promise<void>;
}

/** @returns the exit status: 0 for an answer; 1 for a failure; 2 when there is nothing of that name */
export async function askOnce<Outcome extends { readonly failure?: Failure | undefined }>(
  { plan, isKnown, ask, show }: Asking<Outcome>,
  { stderr }: Terminal,
): Promise<number> {
  const log = isKnown ? terminalLog(stderr, () => plan.secrets) : silentLog;
  const gateway = createGateway(plan, { log });
  try {
    const outcome = await ask(gateway);
    const { failure } = outcome;
    if (failure !== undefined) stderr.write(`${printable(redact(failure.message, plan.secrets))}\n`);
    await show(outcome);
    if (failure === undefined) return 0;
    return isKnown ? 1 : 2;
  } finally {
    await gateway.close();
  }
}
