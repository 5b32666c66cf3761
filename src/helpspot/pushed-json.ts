/** The request array as PHP's `json_encode` writes it. */
import { textOfBytes } from './bytes.ts';
import { excessIn, isBlank, type JsonLimits } from './json-size.ts';
import { countOf, entriesOf, phpText } from './php-values.ts';
import { noteOf, readHistory } from './pushed-history.ts';
import { type PushedNote, type PushedRequest, UnreadableRequest, whereIn } from './pushed-request.ts';

const EXPECTED = 'expected is the request array of HelpSpot as a JSON object: xRequest, sTitle, request_history …';

/**
 * HelpSpot's array has four levels: request, history, entry, file. A request of ten years has some hundreds of entries
 * with some twenty fields each. Texts may be long, but there are not many of them.
 */
const LIMITS: JsonLimits = { depth: 20, members: 20_000, values: 100_000 };
/** HelpSpot has some forty fields, and one for each custom field. */
const MAX_FIELDS = 5_000;

/**
 * Reads the request array: an empty array may be `[]` or `{}`, `request_history` may be keyed, a list, or absent,
 * numbers may be texts, flags may be booleans. Bytes that are not UTF-8 are read as Windows-1252.
 *
 * @throws {UnreadableRequest} when it is no JSON, no array of fields, or larger than any request
 */
export function readPushedRequest(json: string | Uint8Array): PushedRequest {
  const bytes = typeof json === 'string' ? Buffer.from(json) : bufferOf(json);
  const sent = parse(bytes);
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
    else fields[name] = phpText(value);
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

function parse(bytes: Buffer): unknown {
  if (isBlank(bytes)) throw new UnreadableRequest(`Nothing arrived; ${EXPECTED}`);
  const excess = excessIn(bytes, LIMITS);
  if (excess !== undefined) throw new UnreadableRequest(`What arrived ${EXCESS[excess]}; ${EXPECTED}`);
  const text = textOfBytes(bytes);
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch (error) {
    throw new UnreadableRequest(`What arrived is no JSON${whereIn(error)}; ${EXPECTED}`);
  }
}

const EXCESS: Readonly<Record<keyof JsonLimits, string>> = {
  depth: `is nested more than ${LIMITS.depth} deep`,
  members: `has a list of more than ${LIMITS.members} entries`,
  values: `holds more than ${LIMITS.values} values, and the gateway takes no more`,
};
