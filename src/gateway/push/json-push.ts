/** What `POST /push/NAME` takes: the request array of HelpSpot, or JSON of another system that the push target maps to one. */
import { fillTemplate, placesOf } from '../../contract/index.ts';
import { cutRequest, type Reading, readingOf } from '../../helpspot/large-requests.ts';
import { isSentField } from '../../helpspot/push-value-names.ts';
import { noteAmong, readPushedRequest } from '../../helpspot/pushed-json.ts';
import { type PushedRequest, UnreadableRequest } from '../../helpspot/pushed-request.ts';
import { legalText } from '../../helpspot/xml-text.ts';
import { readExactJson } from './exact-json.ts';
import { textOfPath } from './json-paths.ts';
import { idempotencyKeyMistake } from './once.ts';
import type { JsonMapping } from './plan.ts';

/** Plain data: {@link jsonPushIn} can be called in another thread. */
export interface SentJson {
  readonly body: Uint8Array;
  /** The name of the push target, for messages. */
  readonly target: string;
  readonly mapping: JsonMapping | undefined;
}

/** What was sent. */
export interface ReadPush {
  readonly request: PushedRequest;
  /** It came by the mapping: who sent it reads JSON, and nothing of HelpSpot's. */
  readonly isMapped: boolean;
  /** As the mapping says; empty: none. */
  readonly idempotencyKey: string;
}

/** Characters that the templates of a mapping come to, all together: a note and the fields beside it, ten times over. */
const MOST_FILLED = 16_000_000;

/** Reads a push. JSON that is not HelpSpot's needs a mapping. */
export function jsonPushIn({ body, target, mapping }: SentJson): Reading<ReadPush> {
  return readingOf(() => {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    if (mapping !== undefined && !isHelpSpots(bytes)) return mapped(readExactJson(bytes), mapping, target);
    const request = readPushedRequest(bytes);
    if (mapping === undefined) refuseForeign(request, target);
    return { request: cutRequest(request), isMapped: false, idempotencyKey: '' };
  });
}

/**
 * HelpSpot sends the number of the request with every push, and its other fields beside it. One of the names alone may be
 * another system's, which knows the request that it speaks of.
 */
function isHelpSpots(bytes: Buffer): boolean {
  // The names are of ASCII, so that text which has none of them need not be parsed.
  if (!bytes.includes('"xRequest"')) return false;
  try {
    const { fields, notes } = readPushedRequest(bytes);
    const names = Object.keys(fields).filter(isSentField);
    return Object.hasOwn(fields, 'xRequest') && (names.length > 1 || notes.length > 0);
  } catch (error) {
    if (error instanceof UnreadableRequest) return false;
    throw error;
  }
}

function refuseForeign({ fields, notes }: PushedRequest, target: string): void {
  if (notes.length > 0 || Object.keys(fields).some(isSentField)) return;
  throw new UnreadableRequest(
    'What arrived is no request of HelpSpot: it has none of its fields (xRequest, sTitle, request_history …). ' +
      `For JSON of another system write push.${target}.json in the configuration, ` +
      'with a template for each field: json: { map: { sTitle: "{{subject}}", tNote: "{{text}}" } }',
  );
}

function mapped(sent: object, { map, idempotencyKey = '' }: JsonMapping, target: string): ReadPush {
  const found = new Map<string, string>();
  let length = 0;
  const fill = (template: string): string =>
    fillTemplate(template, (place) => {
      const text = found.get(place) ?? legalText(textOfPath(sent, place));
      found.set(place, text);
      length += text.length;
      if (length > MOST_FILLED) {
        throw new UnreadableRequest(`The templates of push.${target}.json come to more than ${MOST_FILLED} characters`);
      }
      return text;
    });
  // A field may be called `__proto__`.
  const fields: Record<string, string> = Object.create(null);
  for (const [name, template] of Object.entries(map)) fields[name] = fill(template);
  if (found.size > 0 && [...found.values()].every((text) => text.trim() === '')) {
    const places = [...new Set(Object.values(map).flatMap(placesOf))];
    const named = `${places.slice(0, NAMED).join(', ')}${places.length > NAMED ? ' …' : ''}`;
    throw new UnreadableRequest(`What arrived has nothing that push.${target}.json names: ${named}`);
  }
  const key = fill(idempotencyKey).trim();
  const mistake = key === '' ? undefined : idempotencyKeyMistake(key);
  if (mistake !== undefined) throw new UnreadableRequest(`push.${target}.json.idempotencyKey ${mistake}`);
  const request = cutRequest({ fields, notes: noteAmong(fields) });
  return { request, isMapped: true, idempotencyKey: key };
}

/** More names than anybody reads in a message. */
const NAMED = 10;
