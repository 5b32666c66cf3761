/** Texts within the limits of other systems. Lengths are in UTF-16 units, so that no way of counting characters comes to more. */

/** A line with an ellipsis in place of what is over the limit. */
export function shortLine(text: string, most: number): string {
  return text.length <= most ? text : `${start(text, most - 1).trimEnd()}…`;
}

/** No limit is missed by more than this for the sake of a whole line. */
const LONGEST_LINE = 2_000;

/** A text of which the rest is left out at the end of a line, and said to be. */
export function shortText(text: string, most: number): string {
  if (text.length <= most) return text;
  const notice = (left: number) => `\n\n[${left} more characters are left out]`;
  const room = Math.max(0, most - notice(text.length).length);
  const line = text.lastIndexOf('\n', room);
  const kept = start(text, line > room - LONGEST_LINE && line > 0 ? line : room).trimEnd();
  return `${kept}${notice(text.length - kept.length)}`;
}

/** At most so many units, and never half of a character. */
function start(text: string, most: number): string {
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}
