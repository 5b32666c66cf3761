/** The note that a push leaves on a person: https://github.com/basecamp/highrise-api/blob/master/sections/notes.md */
import type { PushRequest } from '../../src/contract/index.ts';
import type { XmlNode } from '../../src/kit/http/index.ts';
import type { Note } from './person.ts';
import { cutText, plain } from './text.ts';
import { type Visibility, visibilityNodes } from './wanted.ts';

// Undocumented; a MySQL text column, which Rails makes for a text, holds 65,535 bytes.
const LONGEST_BODY = 15_000;
const LONGEST_TITLE = 255;
const CUT = '(cut off here; the rest is in HelpSpot)';

/** The body of `POST /people/#{person-id}/notes.xml`. The last line is the reference, by which the note is found again. */
export function newNote({ title, body, link, reference }: PushRequest, visibility: Visibility): XmlNode {
  const text = plain(body);
  const shown = cutText(text, LONGEST_BODY);
  const back = link === undefined || shown.includes(link.href) ? undefined : `${link.text}: ${link.href}`;
  const parts = [cutText(plain(title), LONGEST_TITLE), shown, shown === text ? undefined : CUT, back, reference];
  const note = parts.filter((part) => part !== undefined && part !== '').join('\n\n');
  return ['note', [['body', plain(note)], ...visibilityNodes(visibility)]];
}

/** Whether a note is of the push with this reference, and not of one whose reference begins with it. */
export function hasReference({ body }: Note, reference: string): boolean {
  return body.split(/[^A-Za-z0-9-]+/).includes(reference);
}
