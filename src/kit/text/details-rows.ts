/** What people said at a thing in another system, and its files, as rows of details. Every adapter's look the same. */
import {
  type CallContext,
  DeadlineExceeded,
  type DetailsRow,
  type Log,
  remainingMs,
  type Scalar,
  SourceError,
  untilAborted,
  withDeadlineWithin,
} from '../../contract/index.ts';
import { outsideAddress } from '../../helpspot/address.ts';
import { shortLine } from './shortened.ts';

/** Staff look how it stands: who wants to read more opens the thing itself. */
const MOST_COMMENTS = 3;
const MOST_FILES = 10;
const LONGEST_COMMENT = 200;
/** Of a person or a file. */
const LONGEST_NAME = 100;
/** Before it is put on one line: a comment may be a whole mail. */
const LONGEST_READ = 4_000;
/** Where a call has no deadline. Milliseconds. */
const LONGEST_CALL_MS = 10_000;

/** The label of {@link commentRows}. */
export const NEWEST_COMMENTS = 'Newest comments';
/** The label of {@link fileRows}. */
export const ATTACHMENTS = 'Attachments';

/** A comment as plain text. */
export interface SaidComment {
  readonly author?: string | undefined;
  readonly at?: Date | undefined;
  readonly text: string;
}

/** A file at a thing. */
export interface AttachedFile {
  readonly name: string;
  /** Where a person opens it; what is no http or https address is no link. */
  readonly href?: string | undefined;
}

/** `2026-11-21, Jane Smith: I have ordered …`: the newest three, each on one line of at most 200 characters. Empty for none. */
export function commentRows(comments: readonly SaidComment[]): readonly DetailsRow[] {
  const lines = comments
    .map(({ author, at, text }) => ({ author: oneLine(author ?? ''), time: timeOf(at), text: oneLine(text) }))
    .filter(({ text }) => text !== '')
    .toSorted((one, other) => other.time - one.time)
    .slice(0, MOST_COMMENTS)
    .map(({ author, time, text }) => {
      const day = time === 0 ? '' : new Date(time).toISOString().slice(0, 10);
      const who = [day, shortLine(author, LONGEST_NAME)].filter((part) => part !== '').join(', ');
      return `${who === '' ? '' : `${who}: `}${shortLine(text, LONGEST_COMMENT)}`;
    });
  return lines.length === 0 ? [] : [{ label: NEWEST_COMMENTS, value: lines }];
}

/** The first ten files, as links where they have an address. Empty for none. */
export function fileRows(files: readonly AttachedFile[]): readonly DetailsRow[] {
  if (files.length === 0) return [];
  const shown = files.slice(0, MOST_FILES).map(({ name, href = '' }): Scalar => {
    const text = shortLine(oneLine(name), LONGEST_NAME) || 'a file without a name';
    const address = outsideAddress(href);
    return address !== undefined && /^https?:$/.test(address.protocol) ? { href: address.href, text } : text;
  });
  const more = files.length - shown.length;
  return [{ label: ATTACHMENTS, value: more === 0 ? shown : [...shown, `and ${more} more`] }];
}

/**
 * Rows that take another call, for which half of the time that is left is spent. Where it fails, a row says so: what has
 * been read already is shown all the same.
 * @param label of that row
 * @param log gets why
 */
export async function moreRows(
  label: string,
  read: (context: CallContext) => Promise<readonly DetailsRow[]>,
  context: CallContext,
  log: Log,
): Promise<readonly DetailsRow[]> {
  const { signal, reference } = context;
  try {
    return await withDeadlineWithin((remainingMs(signal) ?? LONGEST_CALL_MS) / 2, signal, (limited) =>
      untilAborted(read({ ...context, signal: limited }), limited),
    );
  } catch (error) {
    if (signal.aborted || !(error instanceof SourceError || error instanceof DeadlineExceeded)) throw error;
    log.warn({ reference, part: label, problem: error.message }, 'a part of the details could not be read');
    return [{ label, value: 'cannot be read now' }];
  }
}

function oneLine(text: string): string {
  return text
    .slice(0, LONGEST_READ)
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** 0 where it is not known. */
function timeOf(at: Date | undefined): number {
  const time = at?.getTime() ?? 0;
  return Number.isNaN(time) ? 0 : time;
}
