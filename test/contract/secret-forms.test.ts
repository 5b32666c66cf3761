import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { masked, secretForms } from '../../src/contract/index.ts';

const SECRET = 'pä55 w/"rd<&+!';

describe('a secret is found', () => {
  it.each([
    ['as it is', SECRET],
    ['in an address', encodeURIComponent(SECRET)],
    ['in an address, in small letters', encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase())],
    ['in a form', new URLSearchParams({ x: SECRET }).toString().slice(2)],
    ['encoded to the last letter', Array.from(Buffer.from(SECRET), (byte) => `%${byte.toString(16)}`).join('')],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
    ['in HTML', 'pä55 w/&quot;rd&lt;&amp;+!'],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64 for addresses', Buffer.from(SECRET).toString('base64url')],
  ])('%s', (_, text) => {
    expect(masked(`before ${text} after`, secretForms([SECRET]))).toBe('before *** after');
  });

  it('in base64, wherever it begins', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 30 }), fc.string({ maxLength: 9 }), (secret, user) => {
        const basic = Buffer.from(`${user}:${secret}`).toString('base64');
        const left = masked(basic, secretForms([secret]));
        expect(left).toContain('***');
        expect(Buffer.from(left.replaceAll('***', ''), 'base64').toString()).not.toContain(secret);
      }),
    );
  });

  it('whole, where another secret is a part of it', () => {
    expect(masked('12345678 1234', secretForms(['1234', '12345678']))).toBe('*** ***');
  });
});

it('what is too short blots out nothing', () => {
  expect(masked('a bad b', secretForms(['a', 'bad', '']))).toBe('a bad b');
});

it('other secrets are not taken for those of before', () => {
  for (let number = 0; number < 250; number += 1) {
    expect(masked(`secret-${number}!`, secretForms([`secret-${number}!`]))).toBe('***');
    expect(masked('secret-0!', secretForms([`secret-${number + 1}!`]))).toBe('secret-0!');
  }
});

it('of a signing secret the key behind its mark is secret too', () => {
  const forms = secretForms(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLwSw']);
  expect(masked('D:MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLwSw, whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLwSw', forms)).toBe(
    'D:***, ***',
  );
});
