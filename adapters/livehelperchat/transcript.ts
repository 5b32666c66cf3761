/**
 * What was said in a chat, as a text for staff. Who speaks is told by `user_id`: 0 the visitor, above 0 an operator, -2 a
 * bot; -1 are lines of the system, which visitors do not see.
 */
import { plainText, shortText } from '../../src/kit/text/index.ts';
import { type Data, textAt } from '../../src/kit/web/index.ts';
import { idAt } from './answer.ts';

/** Characters. The chat itself has more of it. */
const LONGEST = 20_000;
const LONGEST_MESSAGE = 5_000;

/** `[b]`, `[/url]`, `[url=https://…]`, `[*]`: BBCode of the vendor (`lhbbcode_cleanup.php`), of which the words within are left. */
const BBCODE =
  /\[(?:\/?(?:b|i|u|s|ul|ol|li|list|url|img|quote|level|fs\d{0,3}|color|fontsize|mark|html|plain|loc|youtube|paypal|translation|baseurl|dateformat|survey)(?:=[^[\]\n]{0,500})?|\/?\*)\]/gi;
/** A button, of which plain texts have nothing (`[button_action=not_insult]Not an insult[/button_action]`). */
const BUTTON = /\[button_action=[^[\]\n]{0,500}\][^[\n]{0,500}\[\/button_action\]/gi;
/** What was sent along. The name behind it is a key to the file; one that a long message is cut off in is one too. */
const FILE = /\[file="?[^[\]\n]{0,500}(?:\]|(?=\n)|$)/gi;

/** Who took part. */
export interface Speakers {
  readonly visitor: string | undefined;
  operator(id: string): string | undefined;
}

/** @returns undefined where nobody said anything */
export function transcriptOf(messages: readonly Data[], speakers: Speakers): string | undefined {
  const lines: string[] = [];
  let [length, left] = [0, 0];
  for (const message of messages) {
    const speaker = speakerOf(message, speakers);
    if (speaker === undefined || textAt(message, 'msg') === undefined) continue;
    const line = left > 0 ? '' : `${speaker}: ${wordsIn(message)}`;
    if (left > 0 || length + line.length > LONGEST) left += 1;
    else lines.push(line);
    length += line.length;
  }
  if (left > 0) lines.push(`[${left} more messages are left out]`);
  return lines.length === 0 ? undefined : lines.join('\n');
}

function speakerOf(message: Data, { visitor, operator }: Speakers): string | undefined {
  const by = textAt(message, 'user_id');
  if (by === '0') return visitor ?? 'Visitor';
  if (by === '-2') return textAt(message, 'name_support') ?? 'Bot';
  const id = idAt(message, 'user_id');
  return id === undefined ? undefined : (textAt(message, 'name_support') ?? operator(id) ?? 'Operator');
}

function wordsIn(message: Data): string {
  const text = shortText(textAt(message, 'msg') ?? '', LONGEST_MESSAGE);
  return plainText(text.replace(FILE, '(file)').replace(BUTTON, '').replace(BBCODE, ''), ' ').trim();
}
