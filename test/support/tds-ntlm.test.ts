/** The stand-in's side of NTLM, by the examples of RFC 1320 and [MS-NLMP] 4.2.4. */
import { describe, expect, it } from 'vitest';
import { md4 } from './tds/md4.ts';
import { challengeMessage, isNegotiate, proves, readAnswer } from './tds/ntlm.ts';

describe('MD4', () => {
  it.each([
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    ['message digest', 'd9130a8164549fe818874806e1c7014b'],
    [
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
      'e33b4ddc9c38f2199c3e7b164fcc0536',
    ],
  ])('of "%s"', (text, digest) => {
    expect(md4(Buffer.from(text)).toString('hex')).toBe(digest);
  });
});

describe('NTLM', () => {
  const challenge = Buffer.from('0123456789abcdef', 'hex');
  const response = Buffer.from('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa', 'hex');
  const answer = { domain: 'Domain', user: 'User', lm: response, nt: Buffer.alloc(16) };

  it('takes the answer of the specification, and no other', () => {
    expect(proves(answer, 'Password', challenge)).toBe(true);
    expect(proves(answer, 'password', challenge)).toBe(false);
    expect(proves({ ...answer, user: 'Other' }, 'Password', challenge)).toBe(false);
    expect(proves({ ...answer, domain: 'Other' }, 'Password', challenge)).toBe(false);
    expect(proves(answer, 'Password', Buffer.alloc(8))).toBe(false);
    expect(proves({ ...answer, domain: 'DOMAIN' }, 'Password', challenge)).toBe(false);
    expect(proves({ ...answer, lm: response.subarray(0, 16) }, 'Password', challenge)).toBe(false);
    expect(proves({ ...answer, nt: Buffer.alloc(40) }, 'Password', challenge)).toBe(false);
  });

  it('knows its messages apart', () => {
    const message = challengeMessage('EXAMPLE', challenge);
    expect(message.subarray(24, 32)).toEqual(challenge);
    expect(message.subarray(56, 70).toString('utf16le')).toBe('EXAMPLE');
    expect(isNegotiate(message)).toBe(false);
    expect(readAnswer(message)).toBeUndefined();
    expect(isNegotiate(Buffer.from('NTLMSSP\0\x01\0\0\0', 'latin1'))).toBe(true);
    expect(isNegotiate(Buffer.from('Kerberos\x01\0\0\0', 'latin1'))).toBe(false);
  });
});
