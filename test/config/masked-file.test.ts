import { describe, expect, it } from 'vitest';
import { maskedFile } from '../../src/config/masked-file.ts';
import { growths, repeated } from '../support/growth.ts';

const masked = (text: string, secrets: readonly string[] = []) => maskedFile(text, secrets);

describe('the file as administrators may read it', () => {
  it.each([
    ['a: { password: x }', 'a: { password: *** }'],
    ['sources:\n  crm: { bindPassword: "a # b", file: x.csv }', 'sources:\n  crm: { bindPassword: ***, file: x.csv }'],
    ['token: [one, "two"]', 'token: [***, ***]'],
    ['api_key:\n  name: a\n  value: b', 'api_key:\n  name: ***\n  value: ***'],
    ['credentials:\n  user: anna\n  deep: { more: 1234 }', 'credentials:\n  user: ***\n  deep: { more: *** }'],
    ['secret: 0x7f', 'secret: ***'],
    ["\"password\": 'it''s'", '"password": ***'],
    ['headers: { Authorization: Basic YWJj }', 'headers: { Authorization: *** }'],
    ['secret: ${GATEWAY_KEY}', 'secret: ${GATEWAY_KEY}'],
    ['secret: "${file:/run/secrets/key}"', 'secret: "${file:/run/secrets/key}"'],
    ['secret: "${A:-in the clear}"', 'secret: ***'],
    ['secret: a${A}', 'secret: ***'],
    ['keys: [{ name: helpspot, secret: abc }]', 'keys: [{ name: helpspot, secret: *** }]'],
    ['url: mysql://root:p@ss@db/x', 'url: mysql://root:***@db/x'],
    ['url: mysql://root@db:3306/x', 'url: mysql://root@db:3306/x'],
    ['a: 1 # password: old', 'a: 1 # password: ***'],
    ['#  token = old one', '#  token = ***'],
    ['# Xq7bLr0kWm2vZt9sYc4nHd8f', '# ***'],
    ['a: 1 # as in the manual: two', 'a: 1 # as in the manual: two'],
    ['# http://127.0.0.1:8787/livelookup/address-book', '# http://127.0.0.1:8787/livelookup/address-book'],
    ['# 8f14e45f-ceea-467f-a6e3-0d4a6b1c9d2e', '# ***'],
    ['password:', 'password:'],
  ])('%s', (text, shown) => {
    expect(masked(text)).toBe(shown);
  });

  it('keeps every line at its place, also those of a long secret', () => {
    const text = 'private_key: |\n  -----BEGIN\n  abc\n  -----END\nfile: x\n';
    const shown = masked(text);
    expect(shown).not.toMatch(/BEGIN|abc/);
    expect(shown.split('\n').indexOf('file: x')).toBe(text.split('\n').indexOf('file: x'));
    expect(masked('secret: >-\n  abc\n  def\nfile: x').split('\n')).toHaveLength(4);
  });

  it('masks what is known to be a secret, wherever it stands', () => {
    expect(masked('pw: &pw hunter22\nb: { password: *pw }', ['hunter22'])).toBe('pw: &pw ***\nb: { password: *pw }');
  });

  it('takes time in proportion to the text', async () => {
    const families = [
      repeated('# token', 'a: 1 '),
      repeated('x://', 'b: '),
      repeated('- { password: x }\n'),
      repeated('token', '# '),
    ];
    expect(await growths((text: string) => maskedFile(text, []), families)).toEqual([]);
  });
});
