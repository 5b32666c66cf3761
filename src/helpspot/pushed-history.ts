/** The history of a pushed request and its attachments (manual, chapter 2.2: `request_history`, `file`). */
import { outsideAddress } from './address.ts';
import { countOf, entriesOf, flagOf, phpText, phpValues, timeOf } from './php-values.ts';
import { type PushedFile, type PushedNote, UnreadableRequest } from './pushed-request.ts';
import { legalText } from './xml-text.ts';

/** A request of ten years has some hundreds of entries; a mail has some tens of attachments. */
const MAX_NOTES = 10_000;
const MAX_FILES = 1_000;
const MAX_ALL_FILES = 10_000;
const LONGEST_NAME = 255;
const LONGEST_TYPE = 300;
/** Mails say at once that they are HTML. */
const TELLING_CHARACTERS = 100_000;

/**
 * Reads `request_history`: keyed by id, a list, empty in either form, or absent. What is no entry is left out.
 * @returns the notes, oldest first: by id, which HelpSpot counts upwards; without ids, as they were sent
 * @throws {UnreadableRequest} when there are more than {@link MAX_NOTES}
 */
export function readHistory(history: unknown): readonly PushedNote[] {
  const keyed = !Array.isArray(history);
  refuseMoreThan(MAX_NOTES, countOf(history), 'entries in request_history');
  const entries = entriesOf(history).filter(([, entry]) => isMap(entry));
  const files = entries.reduce((sum, [, entry]) => sum + countOf(Reflect.get(Object(entry), 'file')), 0);
  refuseMoreThan(MAX_ALL_FILES, files, 'attachments');
  const notes = entries.map(([key, entry]) => noteOf(entry, keyed ? key : ''));
  return notes.every(({ id }) => /^\d+$/.test(id)) ? notes.toSorted(byId) : notes;
}

/** One entry. @param key the key under which it stood; empty in a list */
export function noteOf(entry: unknown, key = ''): PushedNote {
  const sent = new Map(entriesOf(entry));
  const text = phpText(sent.get('tNote'));
  return {
    id: phpText(sent.get('xRequestHistory')).trim() || key,
    person: phpText(sent.get('xPerson')).trim(),
    at: timeOf(sent.get('dtGMTChange')),
    isPublic: flagOf(sent.get('fPublic')) ?? false,
    isInitial: flagOf(sent.get('fInitial')) ?? false,
    isHtml: flagOf(sent.get('fNoteIsHTML')) ?? looksLikeHtml(text),
    text,
    log: phpText(sent.get('tLog')),
    files: filesOf(sent.get('file')),
  };
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuseMoreThan(limit: number, count: number, what: string): void {
  if (count <= limit) return;
  throw new UnreadableRequest(
    `The request has ${count} ${what}; the gateway takes ${limit}. Split the request in HelpSpot, or push it by hand`,
  );
}

/** Numbers of any length, without rounding. */
function byId(one: PushedNote, other: PushedNote): number {
  const [a, b] = [one.id.replace(/^0+/, ''), other.id.replace(/^0+/, '')];
  if (a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Only where HelpSpot does not say: a mail's HTML has one of these, and hardly a text that somebody typed. */
const BLOCK_TAG = /<(?:!doctype html|html|body|div|p|br|table|span|ul|ol|blockquote)\b[^<>]{0,5000}>/i;

function looksLikeHtml(text: string): boolean {
  return BLOCK_TAG.test(text.slice(0, TELLING_CHARACTERS));
}

function filesOf(file: unknown): readonly PushedFile[] {
  refuseMoreThan(MAX_FILES, countOf(file), 'attachments in one entry');
  const sent = new Map(entriesOf(file));
  if (sent.has('sFilename')) return [fileOf(sent)];
  return phpValues(file)
    .filter(isMap)
    .map((one) => fileOf(new Map(entriesOf(one))));
}

function fileOf(sent: ReadonlyMap<string, unknown>): PushedFile {
  const publicUrl = webAddress(sent.get('public_url'));
  const privateUrl = webAddress(sent.get('private_url'));
  const bytes = bytesOf(sent.get('sBody'));
  return {
    name: fileName(phpText(sent.get('sFilename'))),
    type: mimeType(phpText(sent.get('sFileMimeType'))),
    documentId: phpText(sent.get('xDocumentId')).trim(),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(privateUrl !== undefined && { privateUrl }),
    ...(bytes !== undefined && { bytes }),
  };
}

/** The last name of a path, in one line; a mail's sender chooses it. */
function fileName(name: string): string {
  const end = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const last = legalText(end.slice(0, 4 * LONGEST_NAME));
  const line = last.replace(/\s+/g, ' ').trim().slice(0, LONGEST_NAME).toWellFormed();
  return /^\.*$/.test(line) ? 'attachment' : line;
}

function mimeType(type: string): string {
  const bare = type.slice(0, LONGEST_TYPE).split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(bare) ? bare : '';
}

function webAddress(value: unknown): string | undefined {
  const url = outsideAddress(phpText(value).trim());
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.href : undefined;
}

const NO_BASE64 = /[^A-Za-z0-9+/=\s]/;

/** Base64, in lines or not, with its padding at its end only. */
function bytesOf(body: unknown): Uint8Array | undefined {
  if (typeof body !== 'string' || NO_BASE64.test(body)) return undefined;
  const text = body.trimEnd();
  const padding = text.indexOf('=');
  const isWhole = text !== '' && (padding < 0 || (padding > 0 && text.length - padding <= 2 && text.endsWith('=')));
  return isWhole ? Buffer.from(text, 'base64') : undefined;
}
