/** How a refusal is written for those who read XML, JSON or text. */
import { writeAjaxError } from '../helpspot/ajax-xml.ts';
import { writeLookupError } from '../helpspot/lookup-xml.ts';
import type { RefusalFormat } from './area.ts';
import { JSON_TYPE, TEXT, XML } from './send.ts';

/** A Live Lookup error. */
export const xmlRefusal: RefusalFormat = { contentType: XML, write: writeLookupError };

/** An option of an AJAX selection field. */
export const ajaxRefusal: RefusalFormat = { contentType: XML, write: writeAjaxError };

/** `{"error": "…"}`, for Request Push, webhooks and health. */
export const jsonRefusal: RefusalFormat = {
  contentType: JSON_TYPE,
  write: (message) => `${JSON.stringify({ error: message })}\n`,
};

/** One line, for an address where there is nothing. */
export const textRefusal: RefusalFormat = {
  contentType: TEXT,
  write: (message) => `${message}\n`,
};
