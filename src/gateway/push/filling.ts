/** From a request to what is pushed: the templates of a push target, filled. */

import { fillTemplate, type PushAbility, type PushFile, type PushRequest, placesOf } from '../../contract/index.ts';
import type { PushedFile, PushedRequest } from '../../helpspot/pushed-request.ts';
import { shortLine } from '../../kit/text/index.ts';
import type { PushTargetPlan } from './plan.ts';
import { type Conversion, type PushTexts, pushTexts } from './texts.ts';

/** What is pushed in one go, attachments included. Bytes. */
export const MAX_PUSH_BYTES = 10 * 1024 * 1024;
/**
 * UTF-16 units of a title, so that no way of counting comes to more: what every system takes that has a limit ("Summary
 * must be less than 255 characters" in Jira is the least).
 */
const MAX_TITLE = 254;
/** Nobody needs the whole of a longer one: its template names a note, which has its place in the body. */
const MAX_WHOLE_TITLE = 2_000;

/** What is written when the configuration does not say: only what has a value. */
const DEFAULT_PLACES = ['staff_comment', 'note', 'files', 'request_link'] as const;

/** A push that is larger than {@link MAX_PUSH_BYTES}. */
export class PushTooLarge extends Error {
  override readonly name = 'PushTooLarge';
}

/** A push, filled in but for its reference. */
export type FilledPush = Omit<PushRequest, 'reference'>;

/**
 * Fills the templates of a push target.
 * @param ability of the adapter behind it
 * @param conversion how long the conversion of notes may take, and who hears when it took too long
 * @throws {PushTooLarge}
 */
export async function fillPush(
  plan: PushTargetPlan,
  ability: PushAbility,
  request: PushedRequest,
  helpSpotUrl: string | undefined,
  { onCutTitle, ...conversion }: Conversion & { readonly onCutTitle?: () => void } = {},
): Promise<FilledPush> {
  // Converters of HTML are large, and a gateway that pushes nothing needs none.
  const { filesOf, fileAddress, requestLink } = await import('../../helpspot/push-values.ts');
  const asFiles = plan.attachments === 'files' ? filesOf(request).filter(({ bytes }) => bytes !== undefined) : [];
  const linked = asFiles.length === 0 ? request : withoutFiles(request, new Set(asFiles));
  const options = { helpSpotUrl, withFileLinks: plan.attachments !== 'none' };
  const places = await placesInUse(plan, ability, request);
  const wanted = [
    { ...options, format: 'text', places: places.asText },
    ...(ability.format === 'text' ? [] : [{ ...options, format: ability.format, places: places.inBody }]),
  ] as const;
  const [values = {}, inFormat = values] = await pushTexts(linked, wanted, conversion);
  const files = asFiles.map((file): PushFile => {
    return { name: file.name, type: file.type, url: fileAddress(file), bytes: file.bytes };
  });
  const whole = wholeTitle(plan.title, values);
  const title = shortLine(whole, MAX_TITLE);
  const isCut = title !== whole;
  if (isCut) onCutTitle?.();
  const bare = bodyOf(plan.body, inFormat, ability.format);
  const body = isCut ? withTitle(wholeTitle(plan.title, inFormat), bare, ability.format) : bare;
  const fields = fieldsOf(plan.fields, values);
  checkSize([body, ...Object.values(fields)], files);
  return {
    title,
    body,
    fields,
    link: requestLink(request, helpSpotUrl),
    files,
    values,
  };
}

/**
 * A push of the gateway's own, about no request: title and text as they are given, and the target's own fields with
 * nothing in their places.
 * @param body in the format of the adapter
 */
export function fillOwnPush({ fields }: PushTargetPlan, title: string, body: string): FilledPush {
  const values: PushTexts = Object.create(null);
  return {
    ...{ title: shortLine(oneLine(title), MAX_TITLE), body, fields: fieldsOf(fields, values) },
    ...{ link: undefined, files: [], values },
  };
}

/** What a push about no request is filled with. */
export interface RecordFilling {
  /** Name → text. No prototype. */
  readonly values: PushTexts;
  /** What it says where the push target has no templates; the body as plain text. */
  readonly usual: { readonly title: string; readonly body: string };
  readonly format: PushAbility['format'];
  /** Writes plain text in that format: it shows as it is. */
  readonly write: (text: string) => string;
}

/**
 * Fills the templates of a push target with the fields of a record.
 * @throws {PushTooLarge}
 */
export function fillRecordPush(plan: PushTargetPlan, { values, usual, format, write }: RecordFilling): FilledPush {
  const whole = oneLine(filled(plan.title ?? '', values)) || usual.title;
  const title = shortLine(whole, MAX_TITLE);
  const named = plan.body === undefined ? [] : placesOf(plan.body);
  const written = withoutPrototype(named.map((name) => [name, write(values[name] ?? '')]));
  const bare = plan.body === undefined ? write(usual.body) : tidied(filled(plan.body, written));
  const body = title === whole ? bare : withTitle(write(whole), bare, format);
  const fields = fieldsOf(plan.fields, values);
  checkSize([body, ...Object.values(fields)], []);
  return { title, body, fields, link: undefined, files: [], values };
}

function withoutPrototype(entries: readonly (readonly [string, string])[]): PushTexts {
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

/**
 * What has to be made of a request: HelpSpot's own fields, which cost nothing, always; notes only where a template names
 * them, or where the adapter may.
 */
async function placesInUse(plan: PushTargetPlan, ability: PushAbility, { fields }: PushedRequest) {
  const { MADE_VALUES, NOTE_VALUES } = await import('../../helpspot/push-value-names.ts');
  // The title stands there when it is all there is, or too long.
  const ofTitle = ['xRequest', ...placesOf(plan.title ?? '{{sTitle}}')];
  const inBody = [
    ...(plan.body === undefined ? [...DEFAULT_PLACES, 'sTitle'] : [...placesOf(plan.body), 'files']),
    ...ofTitle,
  ];
  const asText = [plan.title ?? '', ...Object.values(plan.fields)].flatMap(placesOf);
  const named = new Set<string>(ability.format === 'text' ? [...asText, ...inBody] : asText);
  const made = Object.keys(MADE_VALUES).filter(
    (name) => named.has(name) || ability.readsNotes !== false || !NOTE_VALUES.has(name),
  );
  return { asText: [...Object.keys(fields), ...made], inBody };
}

/** What HelpSpot fills in, or the gateway. */
export function templatePlaces({ title = '', body = '', fields }: PushTargetPlan): readonly string[] {
  return [title, body, ...Object.values(fields)].flatMap(placesOf);
}

function wholeTitle(template: string | undefined, values: PushTexts): string {
  const title = oneLine(filled(template ?? '{{sTitle}}', values));
  if (title !== '') return title;
  const number = oneLine(values['xRequest'] ?? '');
  return number === '' ? 'HelpSpot request' : `HelpSpot request ${number}`;
}

/** A body that begins with the title which is too long for its own place; one that is wanted empty stays so. */
function withTitle(whole: string, body: string, format: PushAbility['format']): string {
  if (body === '' || whole.length > MAX_WHOLE_TITLE || body.startsWith(whole)) return body;
  return joined([whole, body], format);
}

function bodyOf(template: string | undefined, values: PushTexts, format: PushAbility['format']): string {
  if (template === undefined) return usualBody(values, format);
  const body = filled(template, values);
  // Attachments are not lost because a template does not name them; a template without anything wants no body.
  const forgotten = template.trim() === '' || placesOf(template).includes('files') ? '' : (values['files'] ?? '');
  return joined([tidied(body), forgotten], format);
}

/** An empty value leaves its empty lines behind. */
function tidied(body: string): string {
  return body.replace(/\n[^\S\n]*(?:\n[^\S\n]*){2,}/g, '\n\n').trim();
}

/** A webhook may come without a history: then the title stands in the place of the notes. */
function usualBody(values: PushTexts, format: PushAbility['format']): string {
  const { request_link = '', sTitle = '' } = values;
  const said = DEFAULT_PLACES.filter((place) => place !== 'request_link').map((place) => values[place] ?? '');
  return joined([...(said.some((part) => part !== '') ? said : [sTitle.trim()]), request_link], format);
}

function joined(parts: readonly string[], format: PushAbility['format']): string {
  return parts.filter((part) => part !== '').join(format === 'html' ? '<br><br>\n' : '\n\n');
}

function fieldsOf(templates: Readonly<Record<string, string>>, values: PushTexts): Readonly<Record<string, string>> {
  const all = Object.entries(templates).map(([name, template]) => [name, filled(template, values).trim()]);
  return Object.fromEntries(all.filter(([, value]) => value !== ''));
}

function filled(template: string, values: PushTexts): string {
  let length = template.length;
  return fillTemplate(template, (name) => {
    const value = values[name] ?? '';
    length += value.length;
    // Before it is made: a place that is named a hundred times fills the memory.
    if (length > MAX_PUSH_BYTES) throw new PushTooLarge(`a template comes to more than ${MAX_PUSH_BYTES} characters`);
    return value;
  });
}

function withoutFiles(request: PushedRequest, sent: ReadonlySet<PushedFile>): PushedRequest {
  const notes = request.notes.map((note) => ({ ...note, files: note.files.filter((file) => !sent.has(file)) }));
  return { ...request, notes };
}

function checkSize(texts: readonly string[], files: readonly PushFile[]): void {
  const sizes = [...texts.map((text) => Buffer.byteLength(text)), ...files.map(({ bytes }) => bytes?.byteLength ?? 0)];
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > MAX_PUSH_BYTES) throw new PushTooLarge(`${bytes} bytes are to be pushed`);
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
