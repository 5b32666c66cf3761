/** The note of a push, with its reference, and the files that go along. */
import type { PushFile, PushRequest } from '../../src/contract/index.ts';
import { escapeHtml, outsideAddress, plainText, shortLine } from '../../src/kit/text/index.ts';
import type { Params } from './api.ts';
import type { Settings } from './settings.ts';

/** "Up to 9 files may be uploaded at a time with each request." */
const MOST_FILES = 9;
const LONGEST_FILE_NAME = 200;
/** Of a subject; the database of HelpSpot has 255 characters for it. */
const LONGEST_TITLE = 254;

/** A note, and its files as parameters of the API. */
export interface Note {
  readonly tNote: string;
  readonly files: Params;
}

/**
 * A note in HTML. Its last line is the reference, by which it is found again; it can be seen, since HelpSpot cleans the
 * HTML that it gets and takes hidden parts out.
 * @param isTitled the note begins with the title, which has no other place
 */
export function htmlNote(request: PushRequest, settings: Settings, isTitled = false): Note {
  const { body, link, reference } = request;
  const { sent, left } = sharedOut(request.files, settings);
  const back = link === undefined || body.includes(escapeHtml(link.href)) ? [] : [linkTo(link.href, link.text)];
  const title = isTitled ? titleOf(request) : '';
  const parts = [
    title === '' ? '' : `<p><b>${escapeHtml(title)}</b></p>`,
    plainText(body).trim(),
    ...(left.length === 0 ? [] : [`<p>More attachments:<br>${left.map(namedInHtml).join('<br>')}</p>`]),
    ...back.map((one) => `<p>${one}</p>`),
    `<p>Reference: ${escapeHtml(reference)}</p>`,
  ];
  return { tNote: parts.filter((part) => part !== '').join('\n'), files: parametersOf(sent) };
}

/** A note as a customer types one in the portal, with its title, for which the portal has no other place. */
export function textNote(request: PushRequest, settings: Settings): Note {
  const { body, link, reference } = request;
  const { sent, left } = sharedOut(request.files, settings);
  const more = left.map((file) => [nameOf(file), file.url].filter((part) => part !== undefined).join(': '));
  const parts = [
    titleOf(request),
    plainText(body).trim(),
    ...(more.length === 0 ? [] : [`More attachments:\n${more.join('\n')}`]),
    ...(link === undefined || body.includes(link.href) ? [] : [`${link.text}: ${link.href}`]),
    `Reference: ${reference}`,
  ];
  return { tNote: parts.filter((part) => part !== '').join('\n\n'), files: parametersOf(sent) };
}

/** The title on one line. */
export function titleOf({ title }: PushRequest): string {
  return shortLine(plainText(title).replace(/\s+/g, ' ').trim(), LONGEST_TITLE);
}

/** Which files go along, as many as the API takes and as long as there is room, the first ones first. */
function sharedOut(files: readonly PushFile[], { largestFiles }: Settings) {
  const sent: (PushFile & { readonly bytes: Uint8Array })[] = [];
  const left: PushFile[] = [];
  let room = largestFiles;
  for (const file of files) {
    const { bytes } = file;
    // HelpSpot has no file without a body: an empty one is a link.
    const isEmpty = bytes === undefined || bytes.byteLength === 0;
    if (isEmpty || sent.length === MOST_FILES || bytes.byteLength > room) left.push(file);
    else {
      room -= bytes.byteLength;
      sent.push({ ...file, bytes });
    }
  }
  return { sent, left };
}

/** "The bFileBody value should be base64 encoded"; chapter "File Uploads" of the manual's appendix. */
function parametersOf(files: readonly (PushFile & { readonly bytes: Uint8Array })[]): Params {
  const entries = files.flatMap((file, index) => {
    const { bytes, type } = file;
    const name = `File${index + 1}`;
    return [
      [`${name}_sFilename`, nameOf(file)],
      [`${name}_sFileMimeType`, /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(type) ? type : 'application/octet-stream'],
      [`${name}_bFileBody`, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')],
    ];
  });
  return Object.fromEntries(entries);
}

function nameOf({ name }: PushFile): string {
  return (
    shortLine(
      plainText(name)
        .replace(/[\s/\\]+/g, ' ')
        .trim(),
      LONGEST_FILE_NAME,
    ) || 'attachment'
  );
}

function namedInHtml(file: PushFile): string {
  return linkTo(file.url ?? '', nameOf(file));
}

/** A link; what leads to no web page is text. */
function linkTo(href: string, text: string): string {
  const address = outsideAddress(href);
  const isPage = address !== undefined && /^https?:$/.test(address.protocol);
  return isPage ? `<a href="${escapeHtml(address.href)}">${escapeHtml(text)}</a>` : escapeHtml(text);
}
