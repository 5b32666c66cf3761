import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { bindFailure, searchFailure } from '../../../adapters/ldap/failures.ts';
import ldap from '../../../adapters/ldap/index.ts';
import { presets } from '../../../adapters/ldap/presets.ts';
import { fieldsOf } from '../../../adapters/ldap/settings.ts';
import { loadConfiguration } from '../../../src/config/load.ts';

const enough = { url: 'ldaps://dc1.example.com', baseDn: 'DC=example,DC=com', preset: 'active-directory' };

/** What is wrong with these settings: where, and the words. */
function mistakes(more: object): readonly string[] {
  const { error } = ldap.settings.safeParse({ ...enough, ...more });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('settings', () => {
  test('the least, and the defaults', () => {
    expect(ldap.settings.parse(enough)).toEqual({
      ...enough,
      startTls: false,
      tls: { verify: true },
      scope: 'sub',
      aliases: 'never',
      attributes: {},
      resolve: [],
      pageSize: 500,
      connectTimeout: 2_000,
      searchTimeout: 10_000,
      connections: 4,
    });
  });

  test('times have units', () => {
    expect(ldap.settings.parse({ ...enough, connectTimeout: '300ms', searchTimeout: '1.5s' })).toMatchObject({
      connectTimeout: 300,
      searchTimeout: 1_500,
    });
    expect(mistakes({ connectTimeout: '5' })).toHaveLength(1);
    expect(mistakes({ connectTimeout: '5m' })).toHaveLength(1);
  });

  test.each([
    ['a name without a password, which servers take for nobody', { bindDn: 'a@b' }, 'bindDn: needs bindPassword too'],
    ['an empty password', { bindDn: 'a@b', bindPassword: '' }, 'bindPassword: '],
    ['a password without a name', { bindPassword: 'x' }, 'bindPassword: needs bindDn too'],
    ['no fields', { preset: undefined }, 'preset: is needed, or attributes'],
    ['a field to resolve that is not there', { resolve: ['boss'] }, 'resolve: names "boss", which is no field'],
    ['StartTLS with TLS', { startTls: true }, 'startTls: goes with ldap:// addresses'],
    ['a filter that is none', { filter: '(&(a=b)' }, 'filter: the filter lacks a ")"'],
    ['an address with a base', { url: 'ldap://dc1/DC=example' }, 'url: '],
    ['an address with a password', { url: 'ldap://a:b@dc1' }, 'url: '],
    ['another protocol', { url: ['ldaps://dc1', 'https://dc1'] }, 'url'],
    ['aliases in other words', { aliases: 'follow' }, 'aliases: '],
    ['an attribute that is none', { attributes: { room: 'the room' } }, 'attributes.room'],
    ['an unknown key', { basedn: 'x' }, ': '],
  ])('%s is refused', (_name, more, words) => {
    expect(mistakes(more)[0]).toContain(words);
  });

  test('the fields of an administrator come on top of those of the preset', () => {
    const fields = fieldsOf({ preset: 'openldap', attributes: { customer_id: 'employeeNumber', room: ['a', 'b'] } });
    expect(fields.get('customer_id')?.search).toEqual(['employeeNumber']);
    expect(fields.get('room')).toMatchObject({ show: ['a', 'b'], search: ['a', 'b'] });
    expect(fields.size).toBe(Object.keys(presets.openldap.fields).length + 1);
  });

  test('staff read the name of what they know', () => {
    expect(ldap.titleOf?.(ldap.settings.parse(enough))).toBe('Active Directory');
    expect(ldap.titleOf?.(ldap.settings.parse({ ...enough, preset: 'openldap' }))).toBe('LDAP directory');
  });
});

describe('documentation', () => {
  const documentation = readFileSync(new URL('../../../docs/adapters/ldap.md', import.meta.url), 'utf8');

  test.each(['active-directory', 'openldap'])('the example %s can be loaded', async (name) => {
    const file = new URL(`../../../config/examples/${name}.yaml`, import.meta.url).pathname;
    const environment = { AD_PASSWORD: 'secret of AD', LDAP_PASSWORD: 'secret of LDAP' };
    const plan = await loadConfiguration(file, adapters, environment);
    expect(plan.sources.get('directory')?.settings).toMatchObject({ preset: name, resolve: ['manager', 'groups'] });
    expect(plan.secrets).toHaveLength(1);
    const fields = fieldsOf(ldap.settings.parse({ ...enough, preset: name, attributes: { ...own(plan) } }));
    for (const { match } of plan.lookups.values()) {
      for (const input of match.flat()) expect([...fields.keys()]).toContain('words' in input ? 'words' : input.field);
    }
  });

  test('every setting has a row', () => {
    const rows = Array.from(documentation.matchAll(/^\| `([\w.]+)` /gm), ([, key]) => key);
    const keys = Object.keys(ldap.settings.shape).filter((key) => key !== 'tls');
    expect(rows).toEqual(expect.arrayContaining([...keys, 'tls.ca', 'tls.verify', 'tls.serverName']));
  });

  test('every field of the presets has a row', () => {
    for (const { fields } of Object.values(presets)) {
      for (const name of Object.keys(fields)) expect(documentation).toContain(`| \`${name}\` `);
    }
  });
});

/** The attributes of an example. */
function own(plan: { readonly sources: ReadonlyMap<string, { readonly settings: unknown }> }): object {
  const settings: unknown = plan.sources.get('directory')?.settings;
  const isObject = typeof settings === 'object' && settings !== null && 'attributes' in settings;
  return isObject ? Object(settings.attributes) : {};
}

describe('refusals', () => {
  const answer = { matchedDn: '', entries: [], references: 0, cookie: undefined };
  const refusedWith = (data: string) =>
    bindFailure('ldaps://dc1', 'svc@example.com', {
      ...answer,
      code: 49,
      words: `80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data ${data}, v4563\0`,
    });

  test.each([
    ['52e', 'the name or the password is wrong', 'bindPassword'],
    ['525', 'there is no such account', 'user@domain'],
    ['532', 'the password of the account has expired', 'never expire'],
    ['533', 'the account is disabled', 'enable'],
    ['701', 'the account has expired', 'expiry'],
    ['773', 'the password of the account must be changed first', 'next logon'],
    ['775', 'the account is locked', 'unlock'],
    ['constructor', 'the name or the password is wrong', 'bindPassword'],
  ])('Active Directory: data %s', (data, says, remedy) => {
    const error = refusedWith(data);
    expect(error.kind).toBe('unauthorized');
    expect(error.message).toContain(`ldaps://dc1 refused the bind of "svc@example.com": ${says}`);
    expect(error.message).not.toContain('\0');
    expect(error.remedy).toContain(remedy);
  });

  test.each([
    [1, true, 'unauthorized', 'give bindDn'],
    [3, false, 'timeout', 'searchTimeout'],
    [11, false, 'rejected', 'limits'],
    [50, false, 'unauthorized', 'right to read'],
    [52, false, 'unreachable', 'try again'],
    [53, false, 'rejected', 'filter'],
  ])('a search that ends with %i', (code, isAnonymous, kind, remedy) => {
    const error = searchFailure('DC=x', { ...answer, code, words: '' }, isAnonymous);
    expect(error.kind).toBe(kind);
    expect(error.remedy).toContain(remedy);
  });
});
