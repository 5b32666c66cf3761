/** Asks a gateway of this process one question, and says what came of it. */

import { redact } from '../contract/index.ts';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import type { Failure } from '../gateway/outcome.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import type { WritingCall } from '../gateway/writing.ts';
import { openAuditHere } from '../store/audit-file/audit-file.ts';
import { openCustomerIndex } from '../store/index-file/index-file.ts';
import type { Terminal } from './terminal.ts';
import { silentLog, terminalLog } from './terminal-log.ts';
import { printable } from './text-width.ts';

/** One question to a gateway. */
export interface Asking<Outcome> {
  readonly plan: GatewayPlan;
  /** Whether the configuration has what is asked for. */
  readonly isKnown: boolean;
  /** @param controller of the call; its signal knows the deadline */
  ask(gateway: Gateway, controller: AbortController): Promise<Outcome>;
  /** Writes the outcome; the words of its failure stand on stderr already. @returns why it could not be shown */
  show(outcome: Outcome, call: WritingCall): Promise<Failure | undefined>;
}

/** @returns the exit status: 0 for an answer; 1 for a failure; 2 when there is nothing of that name */
export async function askOnce<Outcome extends { readonly failure?: Failure | undefined }>(
  { plan, isKnown, ask, show }: Asking<Outcome>,
  { stderr }: Terminal,
): Promise<number> {
  const log = isKnown ? terminalLog(stderr, () => plan.secrets) : silentLog;
  const gateway = createGateway(plan, { log, openIndex: openCustomerIndex, openAudit: openAuditHere });
  try {
    const say = (failure: Failure | undefined) => {
      if (failure !== undefined) stderr.write(`${printable(redact(failure.message, plan.secrets))}\n`);
    };
    const controller = new AbortController();
    const outcome = await ask(gateway, controller);
    const { failure } = outcome;
    say(failure);
    const notShown = await show(outcome, { signal: controller.signal, log });
    if (failure === undefined) say(notShown);
    if (failure === undefined && notShown === undefined) return 0;
    return isKnown ? 1 : 2;
  } finally {
    await gateway.close();
  }
}
