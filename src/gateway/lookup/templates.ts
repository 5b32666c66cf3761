/** Templates over a record: texts, links, the levels of a drill-down field. */
import { fillTemplate, ownValue, placesOf, type SourceRecord, textOf, type Value } from '../../contract/index.ts';
import type { Content } from '../../helpspot/answer.ts';
import { answerLimits } from '../../helpspot/answer-limits.ts';
import { cutText, isCut } from '../../helpspot/cut.ts';

/** HelpSpot's mark between the levels of a drill-down value (manual, appendix, "Custom Fields"). */
export const DRILL_DOWN_SEPARATOR = '#-#';

/**
 * The filled template, trimmed; undefined when it has places and none of them has a value.
 * @param limit characters of all its values together; what goes beyond is cut
 */
export function fillPlain(
  template: string,
  record: SourceRecord,
  limit: number = answerLimits.madeValue,
): string | undefined {
  return fillOrNothing(template, record, (text) => text, limit)?.trim();
}

/** A value within a text: of a date without a time only the day. */
function shownText(value: Value | undefined): string {
  const text = textOf(value);
  return value instanceof Date ? text.replace(/T00:00:00\.000Z$/, '') : text;
}

/** The filled template, or undefined when it has places and none of them has a value. */
export function fillOrNothing(
  template: string,
  record: SourceRecord,
  write: (text: string) => string,
  limit: number = answerLimits.madeValue,
): string | undefined {
  const places = placesOf(template);
  if (places.length > 0 && places.every((name) => textOf(ownValue(record, name)) === '')) return undefined;
  let left = limit;
  return fillTemplate(template, (name) => {
    const text = cutText(shownText(ownValue(record, name)), left);
    left = Math.max(0, left - text.length);
    return write(text);
  });
}

/** A link needs every value of its address: half an address leads to the wrong page. */
export function linkContent(
  plan: { readonly href: string; readonly text: string },
  record: SourceRecord,
): Content | undefined {
  const parts = placesOf(plan.href).map((name) => textOf(ownValue(record, name)));
  if (parts.some((part) => part === '')) return undefined;
  const text = fillPlain(plan.text, record) ?? '';
  if (parts.some((part) => part.length > answerLimits.address || isCut(part))) {
    return { kind: 'text', text: `${text} (the address of this link is too long)`.trim() };
  }
  // At the beginning a place holds a whole address; elsewhere it is one part of it.
  const href = fillTemplate(plan.href, (name, offset) => {
    const part = textOf(ownValue(record, name));
    return offset === 0 ? part : encodePart(part);
  });
  return { kind: 'link', href, text: text === '' ? href : text };
}

// encodeURIComponent throws on a lone surrogate.
function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** The levels that have a value, up to the first that has none: a city without a street is a valid choice, a street without a city is not. */
export function drillDownValue(
  levels: readonly string[],
  record: SourceRecord,
  limit: number = answerLimits.madeValue,
): string {
  const texts = levels.map((level) => fillPlain(level, record, limit) ?? '');
  const end = texts.indexOf('');
  return (end === -1 ? texts : texts.slice(0, end)).join(DRILL_DOWN_SEPARATOR);
}
