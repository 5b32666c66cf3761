/** How the index of a source stands, as gateways of several machines tell each other. */
import type { IndexDatabase } from './file.ts';
import { runOf, type SourceRow } from './rows.ts';

/** How a run stands, and what the last one left; all that whoever takes over needs beside the records. Times in milliseconds since 1970. */
export interface SharedState {
  readonly run: SourceRow['run'] | null;
  readonly mark: string | null;
  readonly freshAt: number | null;
  readonly fullAt: number | null;
  readonly held: number;
  readonly mayRemove: number;
  readonly leftOut: number;
  readonly problem: string | null;
}

/** As the file has it. */
export function sharedState(
  database: IndexDatabase,
  { seq, run, mark, freshAt, fullAt, held, leftOut, problem }: SourceRow,
) {
  const more: unknown = database.prepare('SELECT may_remove AS n FROM sources WHERE seq = ?').get(seq);
  const state: SharedState = {
    ...{ run: run ?? null, mark: mark ?? null, freshAt: freshAt ?? null, fullAt: fullAt ?? null },
    ...{ held, leftOut, problem: problem ?? null, mayRemove: Number(Reflect.get(Object(more), 'n')) },
  };
  return state;
}

/** The state as it was written. @throws where it is none */
export function readState(text: string): SharedState {
  const state: unknown = JSON.parse(text);
  const get = (name: keyof SharedState): unknown => Reflect.get(Object(state), name);
  const word = (name: keyof SharedState) => {
    const value = get(name);
    return typeof value === 'string' ? value : null;
  };
  const number = (name: keyof SharedState) => {
    const value = get(name);
    return typeof value === 'number' ? value : null;
  };
  const run = get('run');
  return {
    ...{
      run: run === null ? null : (runOf(JSON.stringify(run)) ?? null),
      mark: word('mark'),
      problem: word('problem'),
    },
    ...{ freshAt: number('freshAt'), fullAt: number('fullAt'), held: number('held') ?? 0 },
    ...{ mayRemove: number('mayRemove') ?? 0, leftOut: number('leftOut') ?? 0 },
  };
}
