/** Reading a whole system page by page, for an index. */
import { type CallContext, type ListBatch, untilAborted, withDeadlineWithin } from '../../contract/index.ts';
import { endOf } from '../wait/index.ts';

/** For one page, with waiting for its turn behind staff. Nobody waits for it, but what hangs must end. */
const PAGE_MS = 60_000;

/**
 * What `work` gives. Within the call of the run, so that it stays background work.
 * @throws {SourceError} `timeout` when it has not ended in time
 */
export function pageInTime<T>(
  context: CallContext,
  system: string,
  work: (page: CallContext) => Promise<T>,
  milliseconds = PAGE_MS,
): Promise<T> {
  return withDeadlineWithin(milliseconds, context.signal, async (signal) => {
    try {
      return await untilAborted(work({ ...context, signal }), signal);
    } catch (error) {
      throw error === signal.reason ? endOf(signal, `${system} did not answer in time`, false) : error;
    }
  });
}

/** What a source lists that cannot be listed. */
export function unlistable(why: Error): AsyncIterable<ListBatch> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(why) }) };
}

/** The cursor of a list, of several texts or numbers. */
export function cursorOf(...parts: readonly (string | number | null)[]): string {
  return JSON.stringify(parts);
}

/** The parts of a {@link cursorOf}, so many; undefined for none, and for what another version may have written. */
export function partsOfCursor(
  cursor: string | undefined,
  count: number,
): readonly (string | number | null)[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(cursor);
    return Array.isArray(parts) && parts.length === count && parts.every(isPart) ? parts : undefined;
  } catch {
    return undefined;
  }
}

function isPart(part: unknown): part is string | number | null {
  return part === null || typeof part === 'string' || typeof part === 'number';
}
