import { expect, it } from 'vitest';
import { outsideAddress } from '../../src/helpspot/address.ts';

it.each([
  ['https://example.com/a?b=c', undefined, 'https://example.com/a?b=c'],
  ['/next?page=2', 'https://example.com/list', 'https://example.com/next?page=2'],
  ['?page=2', 'https://example.com/list', 'https://example.com/list?page=2'],
  ['https://münchen.example/', undefined, 'https://xn--mnchen-3ya.example/'],
])('%s is %3$s', (text, base, href) => {
  expect(outsideAddress(text, base)?.href).toBe(href);
});

it.each([
  '',
  'no address',
  'https://',
  // A name that would take the parser seconds, in the spellings that it understands.
  `https://${'漢'.repeat(501)}/`,
  `https:\\\\${'漢'.repeat(501)}`,
  `ht\ntps:/\t/${'漢'.repeat(501)}`,
  `//${'漢'.repeat(501)}`,
  `https://example.com/${'x'.repeat(16_000)}`,
])('refuses %.30s', (text) => {
  expect(outsideAddress(text, text.startsWith('//') ? 'https://example.com/' : undefined)).toBeUndefined();
});

it('takes a name and an address that are as long as they may be, and none that is longer', () => {
  const name = 'x'.repeat(500);
  for (const after of ['', '/', '?', '#', '\\'].map((end) => `${end}${'y'.repeat(end.length)}`)) {
    expect(outsideAddress(`https://\t${name}${after}`)?.host).toBe(name);
    expect(outsideAddress(`https://\t${name}x${after}`)).toBeUndefined();
  }
  const longest = `https://a.example/${'x'.repeat(16_000)}`.slice(0, 16_000);
  expect([outsideAddress(longest)?.host, outsideAddress(`${longest}x`)]).toEqual(['a.example', undefined]);
});

it.each(['HTTPS:', 'http:', 'https:/', ' \0https://', 'mailto:', 'https://user:password@'])(
  'takes no name without end after %j',
  (before) => {
    expect(outsideAddress(`${before}${'x'.repeat(501)}`)).toBeUndefined();
  },
);

it('keeps a long path', () => {
  expect(outsideAddress(`https://example.com/${'漢'.repeat(900)}`)?.host).toBe('example.com');
});

it('says the same of an address however often it has been asked', () => {
  const answers = new Set(Array.from({ length: 20_000 }, () => outsideAddress('https://münchen.example/')?.host));
  expect(answers).toEqual(new Set(['xn--mnchen-3ya.example']));
});
