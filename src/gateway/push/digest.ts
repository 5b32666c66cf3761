/** The words of an alert. */
import { clock, shortLine } from '../../kit/text/index.ts';
import type { Outage } from './alert-order.ts';
import type { AlertNews } from './ledger.ts';
import type { PushRow } from './push-row.ts';

/** Pushes that are told one by one: what a person reads through. Of the others the number says enough. */
export const MOST_TOLD = 50;
/** In the title; all stand in the text. */
const MOST_IN_TITLE = 3;
/** Of why a push failed: a line on a screen or two. `pushes show` has all of it. Characters. */
const LONGEST_REASON = 200;
/** Of what HelpSpot sent as number or title of a request. Characters. */
const LONGEST_VALUE = 80;

/** An alert, as plain text. */
export interface Digest {
  readonly title: string;
  /** Lines. */
  readonly text: string;
}

/**
 * Tells what went wrong.
 * @param withValues whether titles of requests may stand in it: they are of customers
 */
export function digestOf(news: AlertNews, withValues: boolean): Digest {
  const { at, lastAt, pushes, failed, unclear, outages } = news;
  const counts = countsOf(failed, unclear);
  const since = lastAt === undefined ? '' : ` since the last alert (${clock(lastAt, at)})`;
  const more = failed + unclear - pushes.length;
  const parts = [
    counts === '' ? [] : [`${counts}${since}.`],
    outages.map((outage) => outageLine(outage, at)),
    [
      ...pushes.map((row) => pushLine(row, withValues)),
      ...(more > 0 ? [`and ${more} more: helpspot-gateway pushes list --state=failed,unclear`] : []),
    ],
  ];
  const text = parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
  return { title: titleOf(counts, outages, at), text };
}

/** "2 failed, 1 unclear" */
function countsOf(failed: number, unclear: number): string {
  return [failed > 0 ? `${failed} failed` : '', unclear > 0 ? `${unclear} unclear` : ''].filter(Boolean).join(', ');
}

/** "HelpSpot pushes: 2 failed, 1 unclear; FogBugz is down since 12:04 UTC" */
function titleOf(counts: string, outages: readonly Outage[], at: number): string {
  const told = outages.slice(0, MOST_IN_TITLE).map((outage) => standing(outage, at));
  const rest = outages.length - told.length;
  const parts = [counts, ...told, rest > 0 ? `and ${rest} more push targets` : ''].filter(Boolean);
  return `HelpSpot pushes: ${parts.join('; ')}`;
}

function standing({ target, since, backAt }: Outage, at: number): string {
  if (backAt !== undefined) return `${target} is back`;
  return `${target} is down since ${clock(since, at)}`;
}

function outageLine(outage: Outage, at: number): string {
  const { target, since, reason, backAt } = outage;
  if (backAt !== undefined)
    return `${target} is back since ${clock(backAt, at)}; it was down since ${clock(since, at)}.`;
  return `${standing(outage, at)}: ${quoted(reason, LONGEST_REASON)}. What is pushed to it waits.`;
}

function pushLine(row: PushRow, withValues: boolean): string {
  const { id, target, state, xRequest, title, trouble, reference, origin } = row;
  const number = quoted(xRequest, LONGEST_VALUE);
  const named = withValues ? ` "${quoted(title, LONGEST_VALUE)}"` : '';
  // What stands behind the name was gathered by, and may be of a customer.
  const what = origin === '' ? 'a request' : `a record of ${quoted(origin.split(' ', 1)[0] ?? '', LONGEST_VALUE)}`;
  const request = number === '' ? `${what}${named}` : `request ${number}${named}`;
  const reason = quoted(trouble?.problem ?? 'the reason is not known', LONGEST_REASON);
  const ref = reference === '' ? '' : ` (ref ${reference})`;
  return `${state}: ${request} to ${target}${ref}: ${reason}; see helpspot-gateway pushes show ${id}`;
}

/** One line of what others wrote, and nothing in it that is not seen. */
function quoted(text: string, most: number): string {
  return shortLine(text.replace(/[\s\p{C}]+/gu, ' ').trim(), most);
}
