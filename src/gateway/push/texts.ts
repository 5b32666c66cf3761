/** The values of a request for the templates of a push: made here when that is little work, in a worker thread when it is much. */

import { withDeadlineWithin } from '../../contract/index.ts';
import type { PushValueOptions } from '../../helpspot/push-values.ts';
import type { PushedRequest } from '../../helpspot/pushed-request.ts';
import { inThread, type ThreadTask } from '../../kit/threads/index.ts';

/** Name → text, in one format. */
export type PushTexts = Readonly<Record<string, string>>;

/**
 * Characters of HTML and its like that are read between two answers to others: some 20 ms, at worst 50. Most mails are
 * shorter; for the others a thread costs less than what it does.
 */
const LITTLE_WORK = 25_000;

/** How long the conversion of one push may take. Milliseconds: what a reader gains by it is worth no more, and staff wait. */
const CONVERSION_MS = 3_000;

/** What a conversion needs to know of the call. */
export interface Conversion {
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Milliseconds; {@link CONVERSION_MS} at most. */
  readonly longestMs?: number;
  /** Told when notes could be written without their layout only, and why. */
  readonly onRough?: (error: unknown) => void;
}

const inAnotherThread: ThreadTask<typeof import('../../helpspot/push-values.ts').pushValuesOf> = {
  module: 'src/helpspot/push-values',
  name: 'pushValuesOf',
};

/**
 * The values in every format that is wanted. A push is worth more than the layout of a note: when the converters take
 * too long, need too much memory, or stumble, the notes are written as their text, and say so.
 */
export async function pushTexts(
  request: PushedRequest,
  wanted: readonly PushValueOptions[],
  { signal, longestMs = CONVERSION_MS, onRough }: Conversion = {},
): Promise<readonly PushTexts[]> {
  const { pushValuesOf, pushWork } = await import('../../helpspot/push-values.ts');
  const work = wanted.reduce((sum, options) => sum + pushWork(request, options, LITTLE_WORK), 0);
  try {
    if (work < LITTLE_WORK) return await pushValuesOf({ request, wanted });
    const texts = await withDeadlineWithin(Math.min(longestMs, CONVERSION_MS), signal, (limited) =>
      inThread(inAnotherThread, { request: withoutBytes(request), wanted }, limited),
    );
    return texts.map(withoutPrototype);
  } catch (error) {
    if (signal?.aborted !== true) onRough?.(error);
    return pushValuesOf({ request, wanted: wanted.map((options) => ({ ...options, rough: true })) });
  }
}

/** Attachments are only named in texts: their megabytes stay here. */
function withoutBytes({ fields, notes }: PushedRequest): PushedRequest {
  const bare = notes.map((note) => ({ ...note, files: note.files.map(({ bytes: _bytes, ...file }) => file) }));
  return { fields, notes: bare };
}

/** What came out of another thread has one. */
function withoutPrototype(texts: PushTexts): PushTexts {
  return Object.assign(Object.create(null), texts);
}
