/** What a statement answers, as tokens. */
import type { Answer } from './surroundings.ts';
import { Done, type DoneKind, done, infoToken } from './tokens.ts';
import { columnMetadata } from './types.ts';
import { row } from './values.ts';

/** The code of a statement that is no SELECT, of which clients only want the count ([MS-TDS] 2.2.7.6). */
const CHANGE = 0xc3;

/** The tokens of one answer; there are more to come, if only the end of the request. */
export function answerTokens(answer: Answer, kind: DoneKind): Buffer[] {
  if (answer === undefined) return [];
  if ('message' in answer) return [infoToken(0, answer.message)];
  if ('count' in answer) return [done(kind, Done.more | Done.count, answer.count, CHANGE)];
  return [
    columnMetadata(answer.columns),
    ...answer.rows.map((cells) => row(answer.columns, cells)),
    done(kind, Done.more | Done.count, answer.rows.length),
  ];
}
