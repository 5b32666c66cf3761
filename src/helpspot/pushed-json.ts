/** The request array as PHP's `json_encode` writes it. */
import { textOfBytes } from './bytes.ts';
import { countOf, entriesOf, textOf } from './php-values.ts';
import { noteOf, readHistory } from './pushed-history.ts';
import { type PushedNote, type PushedRequest, UnreadableRequest } from './pushed-request.ts';

const EXPECTED = 'expected is the request array of HelpSpot as a JSON object: xRequest, sTitle, request_history …';

/** HelpSpot's array has four levels: request, history, entry, file. */
const MAX_DEPTH = 20;
/** HelpSpot has some forty fields, and one for each custom field. */
const MAX_FIELDS = 5_000;
/** Names and texts of all levels. An entry of the history has some twenty; to read and check ten times as many takes seconds. */
const MAX_TEXTS = 500_000;

/**
 * Reads the request array: an empty array may be `[]` or `{}`, `request_history` may be keyed, a list, or absent,
 * numbers may be texts, flags may be booleans. Bytes that are not UTF-8 are read as Windows-1252.
 *
 * @throws {UnreadableRequest} when it is no JSON, no array of fields, or larger than any request
 */
export function readPushedRequest(json: string | Uint8Array): PushedRequest {
  const text = typeof json === 'string' ? json : textOfBytes(bufferOf(json));
  const sent = parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (typeof sent !== 'object' || sent === null) {
    throw new UnreadableRequest(`What arrived is a single value; ${EXPECTED}`);
  }
  if (Array.isArray(sent) && sent.length > 0) throw new UnreadableRequest(`What arrived is a list; ${EXPECTED}`);
  const count = countOf(sent);
  if (count === 0) throw new UnreadableRequest(`What arrived holds no field; ${EXPECTED}`);
  if (count > MAX_FIELDS) {
    throw new UnreadableRequest(`What arrived has ${count} fields; the gateway takes ${MAX_FIELDS}`);
  }
  const fields: Record<string, string> = Object.create(null);
  let notes: readonly PushedNote[] = [];
  for (const [name, value] of entriesOf(sent)) {
    if (name === 'request_history') notes = readHistory(value);
    else fields[name] = textOf(value);
  }
  return { fields, notes: notes.length > 0 ? notes : noteAmong(fields) };
}

/** A request without a history may still come with one note among its fields, as a webhook does. */
export function noteAmong(fields: Readonly<Record<string, string>>): readonly PushedNote[] {
  const { tNote = '' } = fields;
  return tNote.trim() === '' ? [] : [noteOf(fields)];
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function parse(text: string): unknown {
  if (text.trim() === '') throw new UnreadableRequest(`Nothing arrived; ${EXPECTED}`);
  // Before parsing, which takes a hundred times the memory for a text of nothing but brackets.
  const excess = excessOf(text);
  if (excess !== undefined) throw new UnreadableRequest(`What arrived ${excess}; ${EXPECTED}`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableRequest(`What arrived is no JSON${whereIn(error)}; ${EXPECTED}`);
  }
}

/** Only the place: V8's own words repeat what stands there, and that is a customer's. */
function whereIn(error: unknown): string {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? '' : ` (from character ${Number(position) + 1} on)`;
}

const BRACKET_OR_QUOTE = /["[\]{}]/g;

/** What of a JSON text is more than any request has. */
function excessOf(json: string): string | undefined {
  let depth = 0;
  let texts = 0;
  let textsOfFields = 0;
  BRACKET_OR_QUOTE.lastIndex = 0;
  for (let found = BRACKET_OR_QUOTE.exec(json); found !== null; found = BRACKET_OR_QUOTE.exec(json)) {
    if (found[0] === '"') {
      BRACKET_OR_QUOTE.lastIndex = endOfString(json, found.index + 1);
      texts += 1;
      if (depth === 1) textsOfFields += 1;
    } else {
      depth += found[0] === '[' || found[0] === '{' ? 1 : -1;
    }
    if (depth > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} deep`;
    if (texts > MAX_TEXTS) return `holds more than ${MAX_TEXTS} names and texts`;
    // A field has a name and a value.
    if (textsOfFields > 2 * MAX_FIELDS) return `has more than the ${MAX_FIELDS} fields that the gateway takes`;
  }
  return undefined;
}

/** The index after the quote that ends a string which begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let quote = json.indexOf('"', start); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (json[quote - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return quote + 1;
  }
  return json.length;
}
