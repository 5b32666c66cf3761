/** private.request.search and private.request.getChanged (manual, chapter 4.5). */
import type { HelpSpotData, StoredRequest } from './data.ts';
import { nowSeconds } from './data.ts';
import { relativeStretch } from './moments.ts';
import { customOf, numberOf, type Parameters, textOf } from './parameters.ts';

/** How the search behaves, which the manual leaves open. */
export interface SearchRules {
  /** Texts of fields are compared as a whole, or by a part; capitals count as little as in MySQL. */
  matching: 'whole' | 'part';
  /** So late a new request appears in searches, in milliseconds; by its number it is there at once. */
  lagMs: number;
  /** Requests that no search sees, whatever their age. */
  readonly unindexed: Set<number>;
  /** The most that one answer has, whatever `length` says. */
  most: number;
}

type Test = (request: StoredRequest) => boolean;

const TEXTS = ['sUserId', 'sFirstName', 'sLastName', 'sEmail', 'sPhone'] as const;
const NUMBERS = ['xRequest', 'xStatus', 'xCategory', 'xPersonAssignedTo'] as const;

/** What is asked for, in the order that is asked for, from `start` on. An empty parameter counts as one that did not come. */
export function searchRequests(
  data: HelpSpotData,
  rules: SearchRules,
  parameters: Parameters,
): readonly StoredRequest[] {
  const tests = testsOf(rules, parameters);
  const isAny = textOf(parameters, 'anyall') === 'any';
  const meets: Test = (request) =>
    tests.length === 0 || (isAny ? tests.some((test) => test(request)) : tests.every((test) => test(request)));
  const stretches = stretchesOf(parameters);
  const found = data.requests.filter(
    (request) =>
      !request.fTrash && isIndexed(rules, request) && stretches.every((test) => test(request)) && meets(request),
  );
  return pageOf(ordered(found, parameters), parameters, rules.most);
}

function isIndexed({ lagMs, unindexed }: SearchRules, { madeAt, xRequest }: StoredRequest): boolean {
  return !unindexed.has(xRequest) && performance.now() - madeAt >= lagMs;
}

function testsOf(rules: SearchRules, parameters: Parameters): readonly Test[] {
  const tests: Test[] = [];
  const isLike = (text: string, asked: string) =>
    rules.matching === 'whole' ? text.toLowerCase() === asked.toLowerCase() : holds(text, asked);
  for (const name of TEXTS) {
    const asked = textOf(parameters, name);
    if (asked !== '') tests.push((request) => isLike(request[name], asked));
  }
  for (const name of NUMBERS) {
    const asked = textOf(parameters, name);
    if (asked !== '') tests.push((request) => String(request[name]) === asked);
  }
  for (const name of ['fOpen', 'fUrgent'] as const) {
    const asked = textOf(parameters, name);
    if (asked !== '') tests.push((request) => (request[name] ? '1' : '0') === asked);
  }
  for (const [id, asked] of customOf(parameters)) {
    if (asked.trim() !== '') tests.push(({ custom }) => isLike(custom.get(id) ?? '', asked.trim()));
  }
  const words = textOf(parameters, 'sSearch').split(/\s+/).filter(Boolean);
  if (words.length > 0) tests.push((request) => words.every((word) => isInNotes(request, word)));
  return tests;
}

/** "a full text search string that will be used to search against all the request history notes" */
function isInNotes({ history }: StoredRequest, word: string): boolean {
  return history.some(({ tNote }) => holds(tNote, word));
}

function holds(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

/** Dates narrow down, whatever `anyall` says of the rest. */
function stretchesOf(parameters: Parameters): readonly Test[] {
  const tests: Test[] = [];
  const at = (name: string, test: (request: StoredRequest, moment: number) => boolean) => {
    const moment = numberOf(parameters, name);
    if (moment !== undefined) tests.push((request) => test(request, moment));
  };
  at('afterDate', ({ dtGMTOpened }, moment) => dtGMTOpened >= moment);
  at('beforeDate', ({ dtGMTOpened }, moment) => dtGMTOpened <= moment);
  at('closedAfterDate', ({ dtGMTClosed }, moment) => dtGMTClosed !== 0 && dtGMTClosed >= moment);
  at('closedBeforeDate', ({ dtGMTClosed }, moment) => dtGMTClosed !== 0 && dtGMTClosed <= moment);
  const stretch = relativeStretch(textOf(parameters, 'relativedate'), nowSeconds());
  if (stretch !== undefined) {
    tests.push(({ dtGMTOpened }) => dtGMTOpened >= stretch.from && dtGMTOpened <= stretch.to);
  }
  return tests;
}

/** By the numbers of the requests, upwards, as the manual's example is; `orderBy` takes the names of fields. */
function ordered(requests: readonly StoredRequest[], parameters: Parameters): readonly StoredRequest[] {
  const by = textOf(parameters, 'orderBy');
  const custom = /^Custom(\d+)$/.exec(by)?.[1];
  const sortValue = (request: StoredRequest): string | number => {
    const value: unknown = custom === undefined ? Object(request)[by] : request.custom.get(Number(custom));
    if (typeof value === 'number' || typeof value === 'string') return value;
    return value === true ? 1 : value === false ? 0 : '';
  };
  const isKnown = custom !== undefined || (requests[0] !== undefined && by in requests[0]);
  const upwards = requests.toSorted((one, other) => one.xRequest - other.xRequest);
  const sorted = isKnown ? upwards.toSorted((one, other) => compared(sortValue(one), sortValue(other))) : upwards;
  return textOf(parameters, 'orderByDir').toLowerCase() === 'desc' ? sorted.toReversed() : sorted;
}

function compared(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [text, second] = [String(one).toLowerCase(), String(other).toLowerCase()];
  return text < second ? -1 : text > second ? 1 : 0;
}

/** From `start` on, at most `length` and at most so many. */
export function pageOf<T>(all: readonly T[], parameters: Parameters, most: number): readonly T[] {
  const start = numberOf(parameters, 'start') ?? 0;
  const length = numberOf(parameters, 'length') ?? most;
  return all.slice(start, start + Math.min(length, most));
}

/** A number for every item of a history that is newer, so the same ones again and again; also of requests in the trash. */
export function changedRequests(data: HelpSpotData, since: number): readonly number[] {
  return data.requests
    .flatMap(({ xRequest, history }) =>
      history.filter(({ dtGMTChange }) => dtGMTChange > since).map((note) => ({ xRequest, id: note.xRequestHistory })),
    )
    .sort((one, other) => one.id - other.id)
    .map(({ xRequest }) => xRequest);
}
