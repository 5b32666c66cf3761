/** Everything that a push target's templates can use, written in the format of the target. */
import { safeHref } from './html.ts';
import { type NoteWriter, noteWriter, type TextFormat } from './note-text.ts';
import { timeOf } from './php-values.ts';
import { MADE_VALUES, type MadeValue, NOTE_VALUES } from './push-value-names.ts';
import type { PushedFile, PushedNote, PushedRequest } from './pushed-request.ts';

/** Options of {@link pushValues}. */
export interface PushValueOptions {
  readonly format: TextFormat;
  /** The address of HelpSpot; without it there is no link back. */
  readonly helpSpotUrl?: string | undefined;
  /** Whether `files` has links to the attachments; otherwise it is empty. */
  readonly withFileLinks: boolean;
  /** The places that are wanted; left out: every one. */
  readonly places?: readonly string[];
  /** Reads HTML without a parser, says so in the notes, and cuts texts sooner: some milliseconds, whatever comes. */
  readonly rough?: boolean;
}

/** More attachments than anybody opens from a list. */
const MAX_FILES = 200;
/** Characters of `all_notes`; the newest are kept. Issue trackers take 64 KB at most. */
const MAX_ALL_NOTES = 200_000;
/** Characters of a person's name. */
const MAX_NAME = 200;

/**
 * Name → value: every field of the request under HelpSpot's own name, and those of `MADE_VALUES`; of both only what is
 * wanted. In Markdown and HTML every value is escaped, so that a template can put it anywhere in a text; use `text` for
 * titles and the target's own fields. A value comes to a megabyte at most, all to a few: what is cut says so.
 * The object has no prototype.
 */
export async function pushValues(
  request: PushedRequest,
  options: PushValueOptions,
): Promise<Readonly<Record<string, string>>> {
  const writer = await noteWriter(options.format, options.rough);
  const wanted = new Set(options.places ?? [...Object.keys(request.fields), ...Object.keys(MADE_VALUES)]);
  // The notes first: what else is long may be cut for them.
  const makers = Object.entries(made(request, options, writer)).filter(([name]) => wanted.has(name));
  const ours = makers.map(([name, make]) => [name, make()] as const);
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(request.fields)) {
    if (wanted.has(name) && !Object.hasOwn(MADE_VALUES, name)) values[name] = writer.text(value);
  }
  for (const [name, value] of ours) values[name] = value;
  return values;
}

/** What {@link pushValues} makes of one request in several formats, as a worker thread is asked for it. */
export function pushValuesOf({
  request,
  wanted,
}: PushValuesTask): Promise<readonly Readonly<Record<string, string>>[]> {
  return Promise.all(wanted.map((options) => pushValues(request, options)));
}

/** Plain data: {@link pushValuesOf} can be called in another thread. */
export interface PushValuesTask {
  readonly request: PushedRequest;
  readonly wanted: readonly PushValueOptions[];
}

/** What a `<` costs a parser, and what plain text costs, in characters of HTML. */
const CHARACTERS_OF_TAG = 25;
const CHARACTERS_OF_TEXT = { text: 0, markdown: 0.7, html: 0.1 } as const;

/**
 * How much work {@link pushValues} is, in characters of HTML that a parser reads; at least `limit` when it is more
 * than that. Takes time that grows with the length only, and little of it.
 */
export function pushWork(request: PushedRequest, { format, places }: PushValueOptions, limit: number): number {
  const wanted = new Set(places ?? [...Object.keys(request.fields), ...NOTE_VALUES]);
  let work = 0;
  const ofText = CHARACTERS_OF_TEXT[format];
  for (const { isHtml, text } of wanted.has('all_notes') ? request.notes : notesIn(request, wanted)) {
    if (isHtml) work += text.length + countOf('<', text, limit / CHARACTERS_OF_TAG) * CHARACTERS_OF_TAG;
    else work += text.length * ofText;
    if (work >= limit) return work;
  }
  for (const name of wanted) work += (request.fields[name]?.length ?? 0) * ofText;
  return work;
}

function countOf(sought: string, text: string, limit: number): number {
  let count = 0;
  for (let at = text.indexOf(sought); at >= 0 && count < limit; at = text.indexOf(sought, at + 1)) count += 1;
  return count;
}

/** A link back to the request in HelpSpot; undefined without the address of HelpSpot or the request's number. */
export function requestLink(
  request: PushedRequest,
  helpSpotUrl: string | undefined,
): { readonly href: string; readonly text: string } | undefined {
  const number = field(request, 'xRequest');
  if (helpSpotUrl === undefined || !/^\d{1,20}$/.test(number)) return undefined;
  let base = helpSpotUrl.split(/[?#]/, 1)[0] ?? '';
  while (base.endsWith('/')) base = base.slice(0, -1);
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

function made(request: PushedRequest, options: PushValueOptions, writer: NoteWriter): Record<MadeValue, () => string> {
  const { note, latest_note, latest_public_note } = placesOfNotes(request);
  const link = requestLink(request, options.helpSpotUrl);
  const write = remembered(writer);
  return {
    note: () => write(note),
    latest_note: () => write(latest_note),
    latest_public_note: () => write(latest_public_note),
    all_notes: () => allNotes(request, writer, write),
    staff_comment: () => writer.text(field(request, 'staff_comment').trim()),
    files: () => (options.withFileLinks ? fileList(filesOf(request), writer) : ''),
    request_link: () => (link === undefined ? '' : writer.link(link.href, link.href)),
    fullname: () => writer.text(customerName(request)),
    acting_person: () => writer.text(personName(request, 'acting_person')),
    assigned_person: () => writer.text(personName(request, 'assigned_person')),
    opened_at: () => isoTime(field(request, 'dtGMTOpened')),
    closed_at: () => isoTime(field(request, 'dtGMTClosed')),
  };
}

/** The notes that have a place of their own. */
function placesOfNotes({ notes }: PushedRequest) {
  const initial = notes.find((note) => note.isInitial && isSpoken(note));
  return {
    note: initial ?? notes.find(isSpoken),
    latest_note: notes.findLast(isSpoken),
    latest_public_note: notes.findLast((note) => note.isPublic && isSpoken(note)),
  };
}

/** Those of them that are wanted, each once. */
function notesIn(request: PushedRequest, wanted: ReadonlySet<string>): ReadonlySet<PushedNote> {
  const named = Object.entries(placesOfNotes(request)).filter(([place]) => wanted.has(place));
  return new Set(named.flatMap(([, note]) => note ?? []));
}

/** Other entries only log something. */
function isSpoken({ text }: PushedNote): boolean {
  return /\S/.test(text);
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

function allNotes(request: PushedRequest, writer: NoteWriter, write: (note: PushedNote) => string): string {
  const notes = request.notes.filter(isSpoken);
  const author = authors(request);
  const parts: string[] = [];
  let length = 0;
  for (const note of notes.toReversed()) {
    const part = writer.paragraphs([writer.heading(noteHeading(note, author)), write(note)]);
    length += part.length;
    if (length > MAX_ALL_NOTES && parts.length > 0) break;
    parts.push(part);
  }
  const left = notes.length - parts.length;
  const notice = left === 0 ? [] : [writer.heading(`${left} older ${left === 1 ? 'note is' : 'notes are'} left out`)];
  return writer.paragraphs([...notice, ...parts.reverse()]);
}

/** `2007-07-09 22:57 UTC, Tom Landers, public`. */
function noteHeading(note: PushedNote, author: (person: string) => string): string {
  const [day = '', time = ''] = note.at?.toISOString().split('T') ?? [];
  const when = day === '' ? [] : [`${day} ${time.slice(0, 5)} UTC`];
  return [...when, author(note.person), note.isPublic ? 'public' : 'private'].join(', ');
}

/** HelpSpot names staff by number only; two of them come with their names. */
function authors(request: PushedRequest): (person: string) => string {
  const customer = customerName(request) || 'Customer';
  const named = [
    [field(request, 'xPersonAssignedTo'), personName(request, 'assigned_person')],
    [field(request, 'acting_person_xperson'), personName(request, 'acting_person')],
  ] as const;
  const known = new Map(named.filter(([, name]) => name !== ''));
  return (person) => {
    if (person === '' || person === '0') return customer;
    if (person === '-1') return 'HelpSpot';
    return known.get(person) ?? `Staff ${oneLine(person)}`;
  };
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

/** A name, or what stands in its place: however long it is, it is written once for each note. */
function oneLine(text: string): string {
  const line = text.slice(0, MAX_NAME).toWellFormed().replace(/\s+/g, ' ').trim();
  return text.length > MAX_NAME ? `${line}…` : line;
}

function isoTime(seconds: string): string {
  return timeOf(seconds)?.toISOString().replace('.000', '') ?? '';
}

function field(request: PushedRequest, name: string): string {
  return request.fields[name] ?? '';
}
