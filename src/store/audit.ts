/** The audit, wherever the configuration says that it is. */
import type { Log } from '../contract/index.ts';
import type { AuditFile, AuditPlan, AuditSpool } from '../gateway/audit/file.ts';
import { SpooledAudit } from '../gateway/audit/spooled.ts';
import { openAuditFile, openAuditHere } from './audit-file/audit-file.ts';
import { thisGateway } from './this-gateway.ts';

/** For a gateway that serves. */
export function openServingAudit(plan: AuditPlan, log: Log): AuditFile {
  return inStore(plan, openAuditFile(plan), log);
}

/** For a command that reads it or changes something. One that only looks somebody up writes to the file: it has no time for a store. */
export function openAuditByHand(plan: AuditPlan, log: Log): AuditFile {
  return inStore(plan, openAuditHere(plan), log);
}

function inStore({ postgres, file, keepMs }: AuditPlan, spool: AuditSpool, log: Log): AuditFile {
  if (postgres === undefined) return spool;
  const open = async () => (await import('./postgres/audit.ts')).openPostgresAudit(postgres, keepMs);
  return new SpooledAudit({ open, spool, gateway: thisGateway().name, file, log });
}
