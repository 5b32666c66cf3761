/** What staff read about pushes. */
import { SourceError } from '../../contract/index.ts';
import { failureOf, sourcesFailure, staffWords } from '../failure.ts';
import type { Failure } from '../outcome.ts';
import { AGAIN } from './again.ts';
import type { PushRow } from './push-row.ts';

/** Of what another system said: enough for a sentence. Characters. */
const LONGEST_SAID = 200;

/**
 * Why a push failed: "FogBugz did not answer; try again in a minute", "FogBugz refused what was pushed: "project
 * unknown"; tell your administrator".
 * @param discreet takes secrets, and what was pushed, out of what the other system said; without it that is not told
 */
export function pushWords(title: string, error: unknown, discreet?: (text: string) => string): string {
  if (error instanceof SourceError && error.gone && error.staffWords === undefined) {
    return `${title} takes no pushes any more; tell your administrator`;
  }
  const isRefusal = error instanceof SourceError && error.kind === 'rejected' && !error.gone;
  if (isRefusal && error.staffWords === undefined) {
    const said = discreet === undefined ? '' : quotable(discreet(error.said ?? ''));
    return `${title} refused what was pushed${said === '' ? '' : `: "${said}"`}; tell your administrator`;
  }
  return staffWords(title, error);
}

/** One line, that ends where its quotation mark stands; '' for what tells nothing. */
function quotable(said: string): string {
  const line = said
    .replace(/[\s\p{C}]+/gu, ' ')
    .replace(/["\u201c\u201d]/g, "'")
    .trim();
  if (!/\p{L}/u.test(line)) return '';
  const characters = Array.from(line);
  return characters.length <= LONGEST_SAID
    ? line
    : `${characters
        .slice(0, LONGEST_SAID - 1)
        .join('')
        .trimEnd()}…`;
}

/** The same as a failure, with the status that belongs to it. */
export function pushFailure(title: string, error: unknown, reference: string): Failure {
  const failure = sourcesFailure([{ title, error }], reference);
  return { ...failure, message: failureOf([pushWords(title, error)], reference, failure.status).message };
}

/** A push of which nobody knows whether it arrived. */
export function unclearFailure(title: string, id: string, reference: string): Failure {
  const words = `${title} did not confirm the push; look there whether it arrived`;
  return failureOf([words, `If it did not, ${wayOut(`who finds it as ${id}`)}`], reference, 502);
}

/** What staff can do themselves, and who else can. */
function wayOut(finding: string): string {
  return `push again with a comment that begins with "${AGAIN}", or ask your administrator, ${finding}`;
}

/**
 * Where a push stands that the other system does not have, or may not have.
 * @param until until when it is looked for there before it is sent again; undefined where it is not
 */
export function standingOf(row: PushRow, title: string, now: number, until: number | undefined): string {
  const because = row.trouble === undefined ? '' : `. The last attempt failed: ${withoutAdvice(row.trouble.words)}`;
  if (row.supersededBy !== undefined) {
    return `Whether it got to ${title} matters no more: it was pushed again, and got there as ${row.supersededBy}`;
  }
  switch (row.state) {
    case 'sending':
      return `It is being sent to ${title}`;
    case 'waiting':
      if (until !== undefined && until > now) {
        return `Whether it got to ${title} is not known yet: it is looked for there until ${utc(until)}, and sent again only if it is not there by then`;
      }
      return `${waitingWords(row, title, now)}${because}`;
    case 'failed':
      return `It did not get to ${title}, and is not tried any more${because}. Your administrator can send it again (${row.id})`;
    case 'unclear':
      return `Whether it got to ${title} is not known${because}. Look there; if it did not, ${wayOut(`who finds it as ${row.id}`)}`;
    case 'dropped':
      return `Your administrator took it out; it is not sent to ${title}`;
    case 'done':
      return '';
  }
}

/** What happened, without what to do: who is told to try again would push twice what the gateway has. */
export function withoutAdvice(words: string): string {
  return words.replace(/; (?:try again in|tell your administrator)[^;]*$/, '');
}

function waitingWords(row: PushRow, title: string, now: number): string {
  const since = `since ${utc(row.createdAt)}`;
  if (row.trouble?.kind === 'gone') {
    return `It waits to be sent to ${title}, ${since}, until your administrator has seen to it (${row.id})`;
  }
  if (row.attempts === 0) return `It waits to be sent to ${title}, ${since}`;
  const times = row.attempts === 1 ? 'was tried once' : `was tried ${row.attempts} times`;
  const next = row.nextAt <= now ? 'is tried again now' : `is tried again at ${utc(row.nextAt)}`;
  return `It waits to be sent to ${title}, ${since}; it ${times}, and ${next}`;
}

/** `2026-11-21 09:30 UTC` */
function utc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
