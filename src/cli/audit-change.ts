/** What a command changes stands in the audit, where there is one. */
import { userInfo } from 'node:os';
import { Audit } from '../gateway/audit/audit.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { GatewayEvents } from '../gateway/telemetry.ts';
import { openAuditByHand } from '../store/audit.ts';
import type { Terminal } from './terminal.ts';
import { terminalLog } from './terminal-log.ts';

/** What was changed. */
export interface AuditedChange {
  /** The words of the command: `pushes retry`. */
  readonly name: string;
  /** Ids of pushes, names of sources; never a value of a customer. */
  readonly things: readonly string[];
  readonly count: number;
}

/** Writes it down, under the account of the system. What cannot be written is said, and the change stands. */
export async function recordChange(plan: GatewayPlan, terminal: Terminal, change: AuditedChange): Promise<void> {
  const log = terminalLog(terminal.stderr, () => plan.secrets);
  const audit = new Audit(plan.audit, openAuditByHand, log, new GatewayEvents());
  const who = { personName: accountName(), via: 'command-line' } as const;
  audit.record({ at: Date.now(), kind: 'change', outcome: 'done', ...who, ...change });
  await audit.close();
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account that the system has no name for, as in a container.
    return `account ${process.getuid?.() ?? 'unknown'}`;
  }
}
