/** From `audit:` to its plan. */
import { dirname, join } from 'node:path';
import type { AuditPlan } from '../gateway/audit/file.ts';
import type { StorePlan } from '../gateway/push/plan.ts';
import { pathFrom } from './paths.ts';
import type { Report } from './report.ts';

const BESIDE_STORE = 'audit.db';

/**
 * Undefined where nothing is to be kept, or something is wrong: then the report has it.
 * @param store where a lookup on the command line reads no more of it, as the file says
 */
export async function auditPlan(
  report: Report,
  directory: string,
  { file: ledger, index, postgres }: Pick<StorePlan, 'file' | 'index' | 'postgres'>,
): Promise<AuditPlan | undefined> {
  // `audit:` with nothing below it is the shortest way to ask for one.
  if (report.value(['audit']) === undefined || !report.isUsable(['audit'])) return undefined;
  const { auditSection } = await import('./sections/audit.ts');
  const settings = report.has('audit')
    ? report.check(auditSection, ['audit'])
    : auditSection.parse({}, { jitless: true });
  if (settings === undefined) return undefined;
  const { file: written, keep: keepMs, values, store } = settings;
  // A lookup on the command line has no time for a store: it writes to the file.
  if (store && report.value(['store', 'url']) === undefined) {
    report.add(['audit', 'store'], 'needs store.url: a file of pushes keeps no audit; write store.url, or take it out');
  }
  const file = written === undefined ? join(dirname(ledger), BESIDE_STORE) : pathFrom(directory, written);
  const other =
    file === ledger
      ? 'pushes (store.file)'
      : file === index
        ? 'the index (store.index)'
        : file === postgres?.spool
          ? 'pushes (store.spool)'
          : undefined;
  if (other !== undefined) report.add(['audit', 'file'], `is the file of ${other}; the audit needs one of its own`);
  return { file, keepMs, values, ...(store && { postgres }) };
}
