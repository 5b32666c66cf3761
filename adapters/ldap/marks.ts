/**
 * By what a directory tells what has changed. Active Directory counts: each domain controller gives every change that it
 * makes or receives the next number of its own (https://learn.microsoft.com/windows/win32/ad/polling-for-changes-using-usnchanged).
 * Its `whenChanged` would not do: a change that another controller made hours ago arrives with the time at which it was
 * made. Other directories have only a time, `modifyTimestamp`, by clocks that are not ours.
 */
import * as z from 'zod';
import type { Answer, SearchWords } from './connection.ts';
import { type FilterNode, present } from './filter.ts';
import { encodable } from './filter-encoding.ts';
import { asGeneralizedTime, guidText } from './values.ts';

type Search = (words: Pick<SearchWords, 'base' | 'scope' | 'filter' | 'attributes'>) => Promise<Answer>;

/** What the changes of a directory are told by, read at the beginning of a run. */
export interface Clock {
  /** The attribute that an entry has it in. */
  readonly attribute: string;
  /** Which entries have changed since a mark; undefined where this server cannot tell: anything may have changed. */
  changedSince(mark: string): FilterNode | undefined;
  /** The mark of a run that began now. @param earlier the mark that the run went by */
  mark(earlier: string | undefined): string;
}

/** So far may the clocks of a directory's servers and of this machine be apart, with the time that a change takes between servers. */
const OVERLAP_MS = 15 * 60_000;
/** A mark knows no more controllers; the one that was asked longest ago is forgotten. */
const MOST_CONTROLLERS = 20;

const markSchema = z.union([
  z.strictObject({ usn: z.array(z.tuple([z.string(), z.string().regex(/^\d{1,20}$/)])) }),
  z.strictObject({ time: z.iso.datetime() }),
]);

/** Asks the server by what it tells changes. Throws what `search` throws. */
export async function clockOf(search: Search, now: Date): Promise<Clock> {
  const filter = encodable(present('objectClass'));
  const attributes = ['highestCommittedUSN', 'dsServiceName'];
  const { entries } = await search({ base: '', scope: 'base', filter, attributes });
  const highest = entries[0]?.text('highestCommittedUSN');
  const service = entries[0]?.text('dsServiceName');
  if (highest === undefined || service === undefined || !/^\d{1,20}$/.test(highest)) return timeClock(now);
  return usnClock(`${service.toLowerCase()} ${await invocationOf(search, service)}`, highest);
}

/** A controller that was restored from a backup counts the same numbers again, under another ID. */
async function invocationOf(search: Search, service: string): Promise<string> {
  const filter = encodable(present('objectClass'));
  const { entries } = await search({ base: service, scope: 'base', filter, attributes: ['invocationId'] });
  const [bytes] = entries[0]?.values('invocationId') ?? [];
  return bytes === undefined ? '' : (guidText(bytes) ?? '');
}

/** A mark has the numbers of all controllers that were asked, since the next run may be on another one than the last. */
function usnClock(controller: string, highest: string): Clock {
  const attribute = 'uSNChanged';
  const numbersOf = (mark: string | undefined) => {
    const read = readMark(mark);
    return new Map(read !== undefined && 'usn' in read ? read.usn : []);
  };
  return {
    attribute,
    changedSince(mark) {
      const value = numbersOf(mark).get(controller);
      return value === undefined ? undefined : { kind: 'atLeast', attribute, value };
    },
    mark(earlier) {
      const numbers = numbersOf(earlier);
      numbers.delete(controller);
      return JSON.stringify({ usn: [...numbers, [controller, highest]].slice(-MOST_CONTROLLERS) });
    },
  };
}

function timeClock(now: Date): Clock {
  const attribute = 'modifyTimestamp';
  return {
    attribute,
    changedSince(mark) {
      const read = readMark(mark);
      if (read === undefined || !('time' in read)) return undefined;
      return { kind: 'atLeast', attribute, value: asGeneralizedTime(new Date(read.time)) };
    },
    mark: () => JSON.stringify({ time: new Date(now.getTime() - OVERLAP_MS).toISOString() }),
  };
}

function readMark(mark: string | undefined): z.output<typeof markSchema> | undefined {
  if (mark === undefined) return undefined;
  try {
    return markSchema.safeParse(JSON.parse(mark)).data;
  } catch {
    return undefined;
  }
}
