import { expect, it } from 'vitest';
import { textOfOldEncoding, textOfTable, textOfUnits, windows1252 } from '../../src/helpspot/bytes.ts';
import { decodeComponent } from '../../src/helpspot/percent.ts';

it.each([
  ['a+b%20c', 'a b c'],
  ['%09%90', '\t\u0090'],
  ['%aF%Fa', '¯ú'],
  ['%2F%2f%41', '//A'],
  // What stands beside the digits in ASCII is none.
  ...[...'/:@G`g'].flatMap((sign) => [`%${sign}0`, `%0${sign}`].map((same) => [same, same] as const)),
  ['%', '%'],
  ['%4', '%4'],
  ['%%41%', '%A%'],
  ['%c3%a9', 'é'],
  ['\xe9', 'é'],
  ['\xc3\xa9', 'é'],
  ['é%41', 'éA'],
  ['€', '€'],
  ['€%41+', '€A '],
] as const)('%j is decoded as %j', (text, decoded) => {
  expect(decodeComponent(text)).toBe(decoded);
});

it('bytes are read by the table of their encoding', () => {
  const bytes = Uint8Array.of(0x41, 0x80, 0x81, 0x8d, 0x9f, 0xe9);
  expect(windows1252(bytes)).toBe('A€\u0081\u008dŸé');
  expect(windows1252(bytes.subarray(1, 2))).toBe('€');
  expect(textOfTable(bytes, 'cp850')).toBe('AÇüìƒÚ');
  expect(textOfOldEncoding(bytes, 'cp850')).toBe('AÇüìƒÚ');
  expect(textOfOldEncoding(bytes, 'windows-1253')).toBeUndefined();
  expect(textOfOldEncoding(bytes, 'klingon')).toBeUndefined();
  expect(textOfUnits(Uint16Array.of(0x41, 0x20ac, 0xd83d, 0xde00).subarray(1))).toBe('€😀');
});
