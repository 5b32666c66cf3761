/** Everything that a push target's templates can use, written in the format of the target. */
import { safeHref } from './html.ts';
import { type NoteWriter, noteWriter, type TextFormat } from './note-text.ts';
import { timeOf } from './php-values.ts';
import type { MadeValue } from './push-value-names.ts';
import type { PushedFile, PushedNote, PushedRequest } from './pushed-request.ts';

/** Options of {@link pushValues}. */
export interface PushValueOptions {
  readonly format: TextFormat;
  /** The address of HelpSpot; without it there is no link back. */
  readonly helpSpotUrl?: string | undefined;
  /** Whether `files` has links to the attachments; otherwise it is empty. */
  readonly withFileLinks: boolean;
}

/** More attachments than anybody opens from a list. */
const MAX_FILES = 200;
/** Characters of `all_notes`; the newest are kept. Issue trackers take 64 KB at most. */
const MAX_ALL_NOTES = 200_000;

/**
 * Name → value: every field of the request under HelpSpot's own name, and those of `MADE_VALUES`. In Markdown and HTML
 * every value is escaped, so that a template can put it anywhere in a text; use `text` for titles and the target's
 * own fields. The object has no prototype.
 */
export async function pushValues(
  request: PushedRequest,
  options: PushValueOptions,
): Promise<Readonly<Record<string, string>>> {
  const writer = await noteWriter(options.format);
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(request.fields)) values[name] = writer.text(value);
  return Object.assign(values, made(request, options, writer));
}

/** A link back to the request in HelpSpot; undefined without the address of HelpSpot or the request's number. */
export function requestLink(
  request: PushedRequest,
  helpSpotUrl: string | undefined,
): { readonly href: string; readonly text: string } | undefined {
  const number = field(request, 'xRequest');
  if (helpSpotUrl === undefined || !/^\d+$/.test(number)) return undefined;
  const base = helpSpotUrl.replace(/[?#].*$/s, '').replace(/\/+$/, '');
  // Where staff sign in: `/admin` today, `/admin.php` in older versions.
  const admin = /\/admin(?:\.php)?$/i.test(base) ? base : `${base.replace(/\/index\.php$/i, '')}/admin`;
  const href = safeHref(`${admin}?pg=request&reqid=${number}`);
  return href === undefined ? undefined : { href, text: `HelpSpot request ${number}` };
}

/** Every attachment of the request once, in the order of its notes. */
export function filesOf(request: PushedRequest): readonly PushedFile[] {
  const seen = new Set<string>();
  return request.notes
    .flatMap(({ files }) => files)
    .filter(({ documentId }) => {
      if (documentId === '') return true;
      const isNew = !seen.has(documentId);
      seen.add(documentId);
      return isNew;
    });
}

/** Staff open the private address after signing in; the public one is open to everybody who sees the link. */
export function fileAddress(file: PushedFile): string | undefined {
  return file.privateUrl ?? file.publicUrl;
}

function made(request: PushedRequest, options: PushValueOptions, writer: NoteWriter): Record<MadeValue, string> {
  const spoken = request.notes.filter(({ text }) => text.trim() !== '');
  const initial = spoken.find(({ isInitial }) => isInitial) ?? spoken[0];
  const link = requestLink(request, options.helpSpotUrl);
  const write = remembered(writer);
  return {
    note: write(initial),
    latest_note: write(spoken.at(-1)),
    latest_public_note: write(spoken.findLast(({ isPublic }) => isPublic)),
    all_notes: allNotes(request, spoken, writer, write),
    staff_comment: writer.text(field(request, 'staff_comment').trim()),
    files: options.withFileLinks ? fileList(filesOf(request), writer) : '',
    request_link: link === undefined ? '' : writer.link(link.href, link.href),
    fullname: writer.text(customerName(request)),
    acting_person: writer.text(personName(request, 'acting_person')),
    assigned_person: writer.text(personName(request, 'assigned_person')),
    opened_at: isoTime(field(request, 'dtGMTOpened')),
    closed_at: isoTime(field(request, 'dtGMTClosed')),
  };
}

/** One note may be the first, the latest and one of all; it is converted once. */
function remembered(writer: NoteWriter): (note: PushedNote | undefined) => string {
  const written = new Map<PushedNote, string>();
  return (note) => {
    if (note === undefined) return '';
    const text = written.get(note) ?? (note.isHtml ? writer.html(note.text) : writer.text(note.text.trim()));
    written.set(note, text);
    return text;
  };
}

function allNotes(
  request: PushedRequest,
  notes: readonly PushedNote[],
  writer: NoteWriter,
  write: (note: PushedNote) => string,
): string {
  const parts: string[] = [];
  let length = 0;
  for (const note of notes.toReversed()) {
    const part = writer.paragraphs([writer.heading(noteHeading(request, note)), write(note)]);
    length += part.length;
    if (length > MAX_ALL_NOTES && parts.length > 0) break;
    parts.unshift(part);
  }
  const left = notes.length - parts.length;
  const notice = left === 0 ? [] : [writer.heading(`${left} older ${left === 1 ? 'note is' : 'notes are'} left out`)];
  return writer.paragraphs([...notice, ...parts]);
}

/** `2007-07-09 22:57 UTC, Tom Landers, public`. */
function noteHeading(request: PushedRequest, note: PushedNote): string {
  const [day = '', time = ''] = note.at?.toISOString().split('T') ?? [];
  const when = day === '' ? [] : [`${day} ${time.slice(0, 5)} UTC`];
  return [...when, author(request, note.person), note.isPublic ? 'public' : 'private'].join(', ');
}

/** HelpSpot names staff by number only; two of them come with their names. */
function author(request: PushedRequest, person: string): string {
  if (person === '' || person === '0') return customerName(request) || 'Customer';
  if (person === '-1') return 'HelpSpot';
  const known =
    (person === field(request, 'acting_person_xperson') && personName(request, 'acting_person')) ||
    (person === field(request, 'xPersonAssignedTo') && personName(request, 'assigned_person'));
  return known || `Staff ${person}`;
}

function fileList(files: readonly PushedFile[], writer: NoteWriter): string {
  const items = files.slice(0, MAX_FILES).map((file) => {
    const address = fileAddress(file);
    return address === undefined ? writer.text(file.name) : writer.link(address, file.name);
  });
  const left = files.length - items.length;
  return writer.list(left === 0 ? items : [...items, writer.text(`and ${left} more`)]);
}

function customerName(request: PushedRequest): string {
  return (
    oneLine(field(request, 'fullname')) || oneLine(`${field(request, 'sFirstName')} ${field(request, 'sLastName')}`)
  );
}

function personName(request: PushedRequest, person: 'acting_person' | 'assigned_person'): string {
  return oneLine(`${field(request, `${person}_fname`)} ${field(request, `${person}_lname`)}`);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function isoTime(seconds: string): string {
  return timeOf(seconds)?.toISOString().replace('.000', '') ?? '';
}

function field(request: PushedRequest, name: string): string {
  return request.fields[name] ?? '';
}
