/** How a source stands, for `check` and `/readyz`: it is asked for a sign of life. */
import { type CallContext, redact } from '../../contract/index.ts';
import { failureText } from '../failure.ts';
import type { CheckRow } from '../outcome.ts';
import { freshnessOf } from './customer-index.ts';
import type { SourceHandle } from './source-handle.ts';

export async function checkRow(handle: SourceHandle, context: CallContext): Promise<CheckRow> {
  const { name, adapter } = handle.plan;
  const started = performance.now();
  const problem = await handle.check(context).then(() => '', failureText);
  const milliseconds = Math.round(performance.now() - started);
  const { warnings = [] } = handle.state() ?? {};
  const { rest } = handle;
  const index = await handle.index?.state();
  const indexedAt = index && freshnessOf(index)?.at;
  return {
    source: name,
    adapter: adapter.name,
    ok: problem === '',
    problem,
    milliseconds,
    ...(warnings.length > 0 && { warnings }),
    ...(rest !== undefined && { since: isoTime(rest.since), nextAt: isoTime(rest.nextAt) }),
    ...(indexedAt !== undefined && { indexedAt: isoTime(indexedAt) }),
  };
}

/** Without secrets, whoever repeated them. */
export function discreetRow({ problem, warnings, ...row }: CheckRow, secrets: readonly string[]): CheckRow {
  const told = { ...row, problem: redact(problem, secrets) };
  return warnings === undefined ? told : { ...told, warnings: warnings.map((warning) => redact(warning, secrets)) };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
