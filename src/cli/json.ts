/** Answers as JSON. */

/** A JSON document that a terminal only shows: control characters are escaped, which is the same to a program. */
export function inJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replace(/[^\n\P{C}]/gu, (character) => [...asUnits(character)].join(''))}\n`;
}

function* asUnits(text: string): Generator<string, void> {
  for (let at = 0; at < text.length; at += 1) yield `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
}
