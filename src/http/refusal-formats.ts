/** How a refusal is written for those who read XML, JSON or text. */
import { writeAjaxError } from '../helpspot/ajax-xml.ts';
import { writeLookupError } from '../helpspot/lookup-xml.ts';
import { JSON_TYPE, TEXT, XML } from './send.ts';

/** How "no" is written. */
export interface RefusalFormat {
  readonly contentType: string;
  write(message: string): string;
}

/** A Live Lookup error. */
export const xmlRefusal: RefusalFormat = { contentType: XML, write: writeLookupError };

/** An option of an AJAX selection field. */
const ajaxRefusal: RefusalFormat = { contentType: XML, write: writeAjaxError };

/** `{"error": "…"}`, for lookups as JSON, Request Push, webhooks, events and health. */
export const jsonRefusal: RefusalFormat = {
  contentType: JSON_TYPE,
  write: (message) => `${JSON.stringify({ error: message })}\n`,
};

/** One line, for an address where there is nothing. */
export const textRefusal: RefusalFormat = {
  contentType: TEXT,
  write: (message) => `${message}\n`,
};

/** What begins with this is refused so, also by what stands before the routes. */
const FORMATS: ReadonlyMap<string, RefusalFormat> = new Map([
  ['/livelookup', xmlRefusal],
  ['/ajax', ajaxRefusal],
  ['/api', jsonRefusal],
  ['/push', jsonRefusal],
  ['/webhooks', jsonRefusal],
  ['/events', jsonRefusal],
  ['/healthz', jsonRefusal],
  ['/readyz', jsonRefusal],
  ['/metrics', textRefusal],
  ['/console', textRefusal],
]);

/** The format of a path, by its first name; undefined where there is nothing. */
export function formatAt(path: string): RefusalFormat | undefined {
  const end = path.indexOf('/', 1);
  return FORMATS.get((end < 0 ? path : path.slice(0, end)).toLowerCase());
}
