/** Text within Latin-1 (ISO-8859-1), for a HelpSpot that shows every other character as `?`. */
import anyAscii from 'any-ascii';

/** One character outside Latin-1, with the marks and joiners that belong to it. */
const BEYOND = /[^\0-\xff][\p{M}\p{Cf}]*/gu;
const INVISIBLE = /^[\p{M}\p{Cf}]+$/u;

/**
 * The text with only those characters replaced that Latin-1 does not have: `Škoda € – „Łódź“` → `Skoda EUR - "Lódz"`;
 * `é` and `ü` stay, also when they came as a letter and a mark. A character that has no reading (private use) becomes
 * `?`, which is what HelpSpot would make of it.
 */
export function latin1Text(text: string): string {
  return text.normalize('NFC').replace(BEYOND, (character) => {
    if (INVISIBLE.test(character)) return '';
    const reading = anyAscii(character);
    return reading === '' ? '?' : reading;
  });
}
