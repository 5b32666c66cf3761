/** Texts of a push as values of Jira's fields. */
import { SourceError } from '../../src/contract/index.ts';
import type { Settings } from './settings.ts';

/** Cloud knows people by account id only (https://developer.atlassian.com/cloud/jira/platform/deprecation-notice-user-privacy-api-migration-guide/). */
export function userOf(text: string, edition: Settings['edition']): object {
  return edition === 'cloud' ? { accountId: text } : { name: text };
}

/** `2026-11-21`, from that or from a Unix time, as HelpSpot's own date fields have it. @throws {SourceError} */
export function dateOf(text: string, field: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return text;
  return timeIn(text, field).toISOString().slice(0, 10);
}

/** `2026-11-21T09:30:00.000+0000`, which every edition reads. @throws {SourceError} */
export function dateTimeOf(text: string, field: string): string {
  return timeIn(text, field).toISOString().replace('Z', '+0000');
}

function timeIn(text: string, field: string): Date {
  const time = /^\d{9,11}$/.test(text)
    ? Number(text) * 1_000
    : /^\d{4}-\d\d-\d\d/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time);
  throw unfit(field, text, 'a date such as 2026-11-21, or a Unix time');
}

/** @throws {SourceError} */
export function numberOf(text: string, field: string): number {
  if (/^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text)) return Number(text);
  throw unfit(field, text, 'a number');
}

/** A value that its field cannot have. */
export function unfit(field: string, text: string, wanted: string): SourceError {
  const shown = text.length > 40 ? `${text.slice(0, 40).toWellFormed()}…` : text;
  return new SourceError('rejected', `the field ${field} of Jira takes ${wanted}, not "${shown}"`, { unsent: true });
}
