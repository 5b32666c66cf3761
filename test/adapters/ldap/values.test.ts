import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activeDirectoryStatus, openLdapStatus } from '../../../adapters/ldap/account-status.ts';
import { attributeKindOf, readable } from '../../../adapters/ldap/attributes.ts';
import { dnKey, isUnder, nameOfDn, parseDn } from '../../../adapters/ldap/dn.ts';
import { Entry } from '../../../adapters/ldap/entry.ts';
import { presets } from '../../../adapters/ldap/presets.ts';
import { attributesOf, recordOf } from '../../../adapters/ldap/records.ts';
import { fileTime, generalizedTime, guidBytes, guidText, sidBytes, sidText } from '../../../adapters/ldap/values.ts';
import { escapeDn } from '../../support/directory/ldif.ts';

function entry(attributes: Readonly<Record<string, string | readonly string[] | Buffer>>, dn = 'CN=x,DC=y'): Entry {
  const raw = Object.entries(attributes).map(([name, value]) => {
    const list = typeof value === 'string' || Buffer.isBuffer(value) ? [value] : value;
    return [name, list.map((one) => Buffer.from(one))] as const;
  });
  return new Entry(dn, raw);
}

describe('identifiers', () => {
  test('a GUID has its first three groups turned round', () => {
    expect(guidText(Buffer.from('33221100554477668899aabbccddeeff', 'hex'))).toBe(
      '00112233-4455-6677-8899-aabbccddeeff',
    );
    expect(guidText(Buffer.alloc(15))).toBeUndefined();
  });

  test('text and bytes of a GUID are one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (array) => {
        const text = guidText(Buffer.from(array)) ?? '';
        expect(guidBytes(text)).toEqual(Buffer.from(array));
      }),
    );
  });

  test('a SID as everybody writes it', () => {
    // BUILTIN\Administrators: MS-DTYP 2.4.2.4
    const administrators = Buffer.from('01020000000000052000000020020000', 'hex');
    expect(sidText(administrators)).toBe('S-1-5-32-544');
    expect(sidBytes('S-1-5-32-544')).toEqual(administrators);
    expect(sidBytes('s-1-5-21-4294967295-1-2-500')?.length).toBe(28);
    for (const wrong of ['S-1-5', 'S-2-5-32', 'S-1-5-4294967296', 'Smith', 'S-1-5--1']) {
      expect(sidBytes(wrong)).toBeUndefined();
    }
    expect(sidText(administrators.subarray(0, 12))).toBeUndefined();
    expect(sidText(Buffer.alloc(0))).toBeUndefined();
  });
});

describe('times', () => {
  test('a file time, and never', () => {
    expect(fileTime('133801182000000000')).toEqual(new Date('2024-12-31T11:30:00Z'));
    for (const never of ['0', '9223372036854775807', '-1', '', 'x', '9223372036854775806']) {
      expect(fileTime(never)).toBeUndefined();
    }
  });

  test('a generalized time, whatever its zone', () => {
    expect(generalizedTime('20261121093000.0Z')).toEqual(new Date('2026-11-21T09:30:00Z'));
    expect(generalizedTime('202611210930Z')).toEqual(new Date('2026-11-21T09:30:00Z'));
    expect(generalizedTime('20261121103000+0100')).toEqual(new Date('2026-11-21T09:30:00Z'));
    expect(generalizedTime('2026112109-02')).toEqual(new Date('2026-11-21T11:00:00Z'));
    expect(generalizedTime('20261121093000,25Z')).toEqual(new Date('2026-11-21T09:30:00.250Z'));
    for (const none of ['20261321093000Z', '20261121093000', 'x']) expect(generalizedTime(none)).toBeUndefined();
  });
});

describe('distinguished names', () => {
  test('the name that people read', () => {
    expect(nameOfDn('CN=Smith\\, Jane,OU=People,DC=example')).toBe('Smith, Jane');
    expect(nameOfDn('cn=M\\C3\\BCller \\2B Co+uid=x,dc=y')).toBe('Müller + Co');
    expect(nameOfDn('uid=\\ padded\\ ,dc=y')).toBe(' padded ');
    expect(nameOfDn('no name')).toBe('no name');
  });

  test('the same name in other words', () => {
    expect(dnKey('CN=Jane  Doe, OU=People,DC=Example')).toBe(dnKey('cn=jane doe,ou=people,dc=example'));
    expect(dnKey('uid=a+cn=b,dc=x')).toBe(dnKey('cn=b+uid=a,dc=x'));
    expect(dnKey('cn=a\\2cb,dc=x')).toBe(dnKey('cn=a\\,b,dc=x'));
    expect(dnKey('cn=a\\,cn=b,dc=x')).not.toBe(dnKey('cn=a,cn=b,dc=x'));
  });

  test('below another', () => {
    expect(isUnder('cn=a,dc=x,dc=y', 'DC=x, DC=y')).toBe(true);
    expect(isUnder('dc=x', 'dc=x')).toBe(true);
    expect(isUnder('cn=a,dc=xx', 'dc=x')).toBe(false);
    expect(isUnder('cn=a\\,dc=x', 'dc=x')).toBe(false);
  });

  test('whatever a value holds, it comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        fc.pre(value.isWellFormed() && value.trim() === value);
        const names = parseDn(`cn=${escapeDn(value)},dc=x`);
        expect(names?.[0]).toEqual([{ attribute: 'cn', value }]);
        expect(names).toHaveLength(2);
      }),
    );
  });
});

describe('attributes', () => {
  test('proxyAddresses: only mail, the primary first', () => {
    const values = ['smtp:b@x.test', 'X500:/o=x', 'SMTP:a@x.test', 'smtp:', 'SIP:a@x.test'].map((one) =>
      Buffer.from(one),
    );
    expect(readable(attributeKindOf('PROXYADDRESSES'), values)).toEqual(['a@x.test', 'b@x.test']);
  });

  test('what has no text is left out', () => {
    expect(readable(attributeKindOf('thumbnailPhoto'), [Buffer.from('text')])).toEqual([]);
    expect(readable(attributeKindOf('userCertificate;binary'), [Buffer.from('text')])).toEqual([]);
    expect(
      readable(attributeKindOf('description'), [Buffer.from([0xff, 0xfe]), Buffer.from(' '), Buffer.from('é')]),
    ).toEqual(['é']);
  });

  test('an attribute is found in any case, by its language or a range of its values', () => {
    expect(entry({ GIVENNAME: 'x' }).text('givenName')).toBe('x');
    expect(entry({ 'cn;lang-de': 'x' }).text('cn')).toBe('x');
    expect(entry({ member: [], 'member;range=0-1': ['a', 'b'] }).values('member')).toHaveLength(2);
  });
});

describe('records', () => {
  const fields = new Map(Object.entries(presets['active-directory'].fields));
  const now = new Date('2026-11-21T12:00:00Z');

  test('the mail address, or else the primary proxy address; never the log-in name', () => {
    const proxyAddresses = ['smtp:b@x.test', 'SMTP:a@x.test'];
    expect(recordOf(fields, entry({ mail: 'm@x.test', proxyAddresses }), now)['email']).toBe('m@x.test');
    const record = recordOf(fields, entry({ proxyAddresses, userPrincipalName: 'u@x.test' }), now);
    expect(record).toMatchObject({ email: 'a@x.test', email_addresses: ['a@x.test', 'b@x.test'] });
    expect(recordOf(fields, entry({ userPrincipalName: 'u@x.test' }), now)).not.toHaveProperty('email');
  });

  test('only what is needed is asked for', () => {
    const few = new Map([['email', { show: ['mail'], search: ['mail', 'proxyAddresses'], first: true }]]);
    expect(attributesOf(few)).toEqual(['mail']);
    expect(attributesOf(few, ['MAIL', 'mobile'])).toEqual(['MAIL', 'mobile']);
    expect(attributesOf(new Map([['dn', { show: ['dn'], search: [], first: false }]]))).toEqual(['1.1']);
    expect(attributesOf(fields)).not.toContain('*');
  });

  test.each([
    ['enabled', { userAccountControl: '512', accountExpires: '0' }],
    ['disabled', { userAccountControl: '514', 'msDS-User-Account-Control-Computed': '16' }],
    ['locked', { userAccountControl: '512', 'msDS-User-Account-Control-Computed': '16' }],
    ['locked', { userAccountControl: '512', lockoutTime: '133801182000000000' }],
    // The lock has run out: the time stays, the bit does not.
    [
      'enabled',
      { userAccountControl: '512', lockoutTime: '133801182000000000', 'msDS-User-Account-Control-Computed': '0' },
    ],
    ['enabled', { userAccountControl: '512', lockoutTime: '0' }],
    ['password expired', { userAccountControl: '512', 'msDS-User-Account-Control-Computed': '8388608' }],
    ['password expired', { userAccountControl: '512', pwdLastSet: '0' }],
    ['enabled', { userAccountControl: '66048', pwdLastSet: '0' }],
    ['account expired', { userAccountControl: '512', accountExpires: '133801182000000000' }],
    ['enabled', { userAccountControl: '512', accountExpires: '9223372036854775807' }],
    [undefined, {}],
  ])('Active Directory: %s', (status, attributes) => {
    expect(activeDirectoryStatus.read(entry(attributes), now)).toBe(status);
  });

  test.each([
    ['locked', { pwdAccountLockedTime: '20261121093000Z' }],
    ['disabled', { nsAccountLock: 'TRUE' }],
    ['password expired', { pwdReset: 'TRUE' }],
    [undefined, { pwdReset: 'FALSE' }],
  ])('OpenLDAP and 389 DS: %s', (status, attributes) => {
    expect(openLdapStatus.read(entry(attributes), now)).toBe(status);
  });
});
