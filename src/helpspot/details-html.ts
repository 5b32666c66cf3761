/**
 * How a pushed request stands in the other system, as HTML (manual, chapter
 * 2.2, "Writing the Details Method"). HelpSpot writes it into its page as it
 * is, so every text is escaped here, and a link is one only where it is safe.
 */
import { anchor, escapeHtml, safeHref } from './html.ts';
import { legalText } from './xml-text.ts';

/** What staff see of a pushed request. */
export interface DetailsView {
  /** What the other system calls it; may be empty. */
  readonly title: string;
  /** Its page in the other system. */
  readonly link?: string | undefined;
  /** Labelled values in the order in which they are shown. One without a value is left out. */
  readonly rows: readonly DetailsViewRow[];
  /** Where a push stands that is not out yet, or that failed; one or two sentences. */
  readonly standing?: string | undefined;
  /** The rest is the last known state, because the other system could not be asked. */
  readonly stale?: StaleDetails | undefined;
}

/** One row. */
export interface DetailsViewRow {
  readonly label: string;
  readonly value: DetailsValue | readonly DetailsValue[] | undefined;
}

/** A link is `{ href, text }`. */
export type DetailsValue = string | number | boolean | Date | { readonly href: string; readonly text: string };

/** Why, and since when, details are old. */
export interface StaleDetails {
  /** Milliseconds since they were asked for. */
  readonly ageMs: number;
  /** "FogBugz did not answer": no full stop. */
  readonly reason: string;
}

/** More rows, or more items of one value, than anybody reads; what is left out is counted. */
const MAX_ROWS = 100;
const MAX_ITEMS = 100;
/** Characters of one value. A description can be a whole mail with its history. */
const MAX_VALUE = 10_000;
/** Characters of all rows together. */
const MAX_HTML = 500_000;

/** Every element that is written here; `push-file.ts` lets no other into HelpSpot's page. */
export const DETAILS_ELEMENTS: readonly string[] = ['p', 'b', 'a', 'br', 'table', 'tr', 'th', 'td'];

/** The page that HelpSpot puts this into has styles of its own for tables; these few keep labels and values apart in any. */
const TABLE = '<table cellpadding="4" cellspacing="0" border="0" style="border-collapse: collapse">';
const LABEL = '<th align="left" valign="top" style="text-align: left; vertical-align: top; white-space: nowrap">';
const VALUE = '<td valign="top" style="vertical-align: top">';

/** The view as a fragment of HTML with its own elements closed, and nothing in it that runs, loads or styles the page around it. */
export function writeDetails(view: DetailsView): string {
  const parts = [
    paragraph(view.stale === undefined ? '' : staleWords(view.stale)),
    paragraph(view.standing ?? ''),
    heading(view.title, view.link),
    rowsHtml(view.rows),
  ].filter((part) => part !== '');
  return parts.length === 0 ? paragraph('There is nothing to show.') : parts.join('\n');
}

/** One sentence in place of details: why there are none. */
export function writeDetailsError(message: string): string {
  return paragraph(message.trim() === '' ? 'The details cannot be shown.' : message);
}

function staleWords({ ageMs, reason }: StaleDetails): string {
  const because = reason.trim();
  return `As of ${ageWords(ageMs)} ago${because === '' ? '' : `; ${because}`}.`;
}

const SECOND = 1_000;
const UNITS = [
  { name: 'day', ms: 86_400 * SECOND },
  { name: 'hour', ms: 3_600 * SECOND },
  { name: 'minute', ms: 60 * SECOND },
  { name: 'second', ms: SECOND },
] as const;

/** A length of time in its largest unit: `12 minutes`, `1 hour`. Less than a second is "a moment". */
export function ageWords(ms: number): string {
  const unit = UNITS.find((one) => ms >= one.ms);
  if (unit === undefined) return 'a moment';
  const count = Math.floor(ms / unit.ms);
  return `${count} ${unit.name}${count === 1 ? '' : 's'}`;
}

function paragraph(text: string): string {
  const html = textHtml(text);
  return html === '' ? '' : `<p>${html}</p>`;
}

function heading(title: string, link: string | undefined): string {
  const href = link === undefined ? undefined : safeHref(link);
  const text = clean(title);
  if (href !== undefined) return `<p><b>${anchor(href, text === '' ? href : text)}</b></p>`;
  return text === '' ? '' : `<p><b>${escapeHtml(text)}</b></p>`;
}

function rowsHtml(rows: readonly DetailsViewRow[]): string {
  const filled = rows.map(({ label, value }) => ({ label, html: valueHtml(value) })).filter(({ html }) => html !== '');
  if (filled.length === 0) return '';
  const lines: string[] = [];
  let length = 0;
  for (const { label, html } of filled.slice(0, MAX_ROWS)) {
    const line = `<tr>${LABEL}${escapeHtml(clean(label))}</th>${VALUE}${html}</td></tr>`;
    length += line.length;
    if (length > MAX_HTML && lines.length > 0) break;
    lines.push(line);
  }
  const more = filled.length - lines.length;
  return `${TABLE}\n${lines.join('\n')}\n</table>${more > 0 ? `\n${paragraph(`${more} more are not shown.`)}` : ''}`;
}

function valueHtml(value: DetailsViewRow['value']): string {
  if (value === undefined) return '';
  if (!isList(value)) return scalarHtml(value);
  const items = value.map(scalarHtml).filter((html) => html !== '');
  const more = items.length - MAX_ITEMS;
  return [...items.slice(0, MAX_ITEMS), ...(more > 0 ? [`and ${more} more`] : [])].join('<br>');
}

function isList(value: DetailsValue | readonly DetailsValue[]): value is readonly DetailsValue[] {
  return Array.isArray(value);
}

function scalarHtml(value: DetailsValue): string {
  if (typeof value === 'string') return textHtml(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof Date) return dateHtml(value);
  const href = safeHref(legalText(value.href).trim());
  const text = clean(value.text);
  if (href === undefined) return escapeHtml(text === '' ? clean(value.href) : text);
  return anchor(href, text === '' ? href : text);
}

/** `2026-11-21 09:30 UTC`: the reader's zone is not known here, so it is named. */
function dateHtml(date: Date): string {
  if (Number.isNaN(date.getTime())) return '';
  const [day = '', time = ''] = date.toISOString().split('T');
  return `${day} ${time.slice(0, 5)} UTC`;
}

function textHtml(text: string): string {
  return escapeHtml(clean(text)).replaceAll('\n', '<br>');
}

/** Text that a page can carry, trimmed and of a length that a page can show. */
function clean(text: string): string {
  const legal = legalText(text).trim();
  return legal.length <= MAX_VALUE ? legal : `${legal.slice(0, MAX_VALUE).toWellFormed().trimEnd()} …`;
}
