/** Reads answers: at once when they are small, which nearly all are, and in a thread when they would hold the event loop. */
import { SourceError, UserError } from '../../contract/index.ts';
import { type HttpAnswer, readInTime } from '../http/index.ts';
import { inThread, type ThreadTask } from '../threads/index.ts';
import { isThrifty } from './path-cost.ts';
import type { Format, Paths } from './paths.ts';
import { type Found, type Search, search, searchWith } from './searching.ts';

const TASK: ThreadTask<typeof search> = { module: 'src/kit/web/searching', name: 'search' };

/**
 * Characters of an answer that is read at once, which takes some ten milliseconds. Of a path that may look at everything
 * once for each thing that it finds, that is true of far less.
 */
const SMALL = { json: 60_000, xml: 8_000, costly: 3_000 } as const;

/**
 * What an answer has at the paths of `wanted`.
 * @param signal ends the work, also in the middle of it
 * @throws {SourceError} `bad-response` when the answer is not in its format, nested too deep, or not read in time
 * @throws {UserError} for an XPath that cannot be evaluated
 * @throws the reason of `signal`
 */
export async function findIn(answer: HttpAnswer, wanted: Search, signal: AbortSignal): Promise<Found> {
  const { text } = answer;
  const input = { text, wanted };
  const searched = isSmall(text, wanted)
    ? await search(input)
    : await readInTime(answer, signal, (limited) => inThread(TASK, input, limited));
  if ('found' in searched) return searched.found;
  throw answer.unreadable(wanted.format === 'json' ? 'JSON' : 'XML', searched.unreadable);
}

/**
 * The texts at a path of an error answer; undefined for what is not in the format (a proxy's page, one word of text), or
 * so large that it is no message.
 */
export function textsOfError(
  answer: HttpAnswer,
  path: string,
  format: Format,
  paths: Paths,
): readonly string[] | undefined {
  const wanted = { format, texts: { path } };
  if (!isSmall(answer.text, wanted)) return undefined;
  try {
    const searched = searchWith(paths, answer.text, wanted);
    return 'found' in searched ? searched.found.texts['path'] : undefined;
  } catch (error) {
    if (error instanceof SourceError || error instanceof UserError) return undefined;
    throw error;
  }
}

/** Whether an answer is read at once. */
export function isSmall(text: string, { format, texts, values, records }: Search): boolean {
  const most = SMALL[format];
  if (text.length > most) return false;
  if (text.length <= SMALL.costly) return true;
  const once = [...Object.values(texts ?? {}), ...Object.values(values ?? {}), records?.path];
  const often = Object.values(records?.fields ?? {});
  return (
    once.every((path) => path === undefined || isThrifty(path, format, 'once')) &&
    often.every((path) => isThrifty(path, format, 'for each record'))
  );
}
