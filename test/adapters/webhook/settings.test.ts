/** What the settings of a web hook refuse. */
import { describe, expect, it } from 'vitest';
import webhook from '../../../adapters/webhook/index.ts';

describe('settings', () => {
  const mistakes = (settings: object) => {
    const result = webhook.settings.safeParse({ url: 'https://hooks.example.com/abc', ...settings });
    return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  };

  it.each([
    ['an address', { url: 'hooks.example.com' }, 'url is no address'],
    ['no place in a host', { url: 'https://{{Custom1}}.example.com/' }, 'url is no address'],
    ['no password in an address', { url: 'https://a:b@example.com/' }, 'url has a user name'],
    ['one body', { json: {}, form: {} }, 'form stands beside json'],
    ['known filters', { json: { a: '{{x | upper}}' } }, 'json has the unknown filter "upper"'],
    ['typed places alone', { json: { a: 'n {{x | number}}' } }, 'json has more than the place'],
    ['JSON', { json: { a: Number.NaN } }, 'json is nothing that JSON can hold'],
    ['no place in a name', { json: { '{{x}}': 1 } }, 'json has a place in the name'],
    ['well-formed XML', { xml: '<a>{{x}}</b>' }, 'xml is no XML'],
    ['no text beside elements', { xml: '<a>x<b/></a>' }, 'xml has text beside elements'],
    ['no document type', { xml: '<!DOCTYPE a><a/>' }, 'xml is no XML'],
    ['a JSONPath', { id: '$.[' }, 'id is no JSONPath'],
    ['a cheap JSONPath', { error: '$..a..b' }, 'error looks into all levels more than once'],
    ['one kind of credentials', { auth: { bearer: 'a', basic: { user: 'b' } } }, 'auth needs exactly one'],
    [
      'a hash that is the hash',
      { signature: { secret: 'a', header: 'X', algorithm: 'sha512' } },
      'signature.format names',
    ],
    ['check at the same host', { check: 'https://other.example.com/' }, 'check is not at the host'],
  ])('want %s', (_name, settings, expected) => {
    expect(mistakes(settings).join('\n')).toContain(expected);
  });

  it('take the shortest', () => {
    expect(mistakes({})).toEqual([]);
  });
});
