/** `console:` with an OpenID Connect provider: what docs/console.md shows loads, and mistakes are told. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { testAdapters } from './adapters.ts';
import { load, mistakesOf, REST, writeConfiguration } from './files.ts';

const HASH = `scrypt:10:8:1:${'a'.repeat(22)}:${'b'.repeat(43)}`;
const environment = { OPENID_SECRET: 'a secret of the provider', CONSOLE_PASSWORD: HASH };
const OPENID = 'issuer: "https://login.example.com", clientId: gateway, clientSecret: "${OPENID_SECRET}"';
const REDIRECT = 'redirect: "https://gateway.example.com/console/sign-in/openid"';
const ROLES = 'roles: { viewer: [staff] }';

test('every configuration in docs/console.md loads', async () => {
  const text = readFileSync(new URL('../../docs/console.md', import.meta.url), 'utf8');
  const examples = Array.from(text.matchAll(/```yaml\n(.*?)```/gs), ([, yaml = '']) => yaml);
  expect(examples.filter((yaml) => yaml.includes('openid:'))).toHaveLength(1);
  for (const yaml of examples) {
    const access = yaml.includes('trustProxy')
      ? 'access: { keys: [{ name: a, secret: a-secret-of-many-letters }] }\n'
      : '';
    const plan = await load(`${yaml.startsWith(' ') ? yaml.replace(/^ {3}/gm, '') : yaml}${access}${REST}`, {
      environment,
    });
    expect(plan.console).toBeDefined();
    if (yaml.includes('openid:')) {
      expect(plan.console?.openid).toMatchObject({
        issuer: 'https://login.example.com/realms/staff',
        clientSecret: environment.OPENID_SECRET,
        scopes: ['openid', 'profile', 'email'],
        roles: { claim: 'groups', values: { administrator: ['gateway-admins'] } },
      });
    }
  }
});

describe('console.openid', () => {
  const openid = (more: string, users = '') => `console: { ${users}openid: { ${OPENID}, ${more} } }\n${REST}`;

  test('needs no list of users when groups give roles; its secret is masked, and its paths are those of the file', async () => {
    const file = writeConfiguration(openid(`${REDIRECT}, ${ROLES}, tls: { ca: pki/ca.pem }, scopes: [groups]`));
    const plan = await loadConfiguration(file, testAdapters().adapters, environment);
    expect(plan.console).toMatchObject({
      users: [],
      openid: { title: 'login.example.com', scopes: ['openid', 'groups'] },
    });
    expect(plan.console?.openid?.http.tls?.ca).toBe(join(dirname(file), 'pki/ca.pem'));
    expect(plan.secrets).toContain(environment.OPENID_SECRET);
    expect(plan.origin?.shown()).not.toContain(environment.OPENID_SECRET);
    const plain = openid(`${REDIRECT}, ${ROLES}`).replace('${OPENID_SECRET}', 'written-as-it-is');
    expect((await load(plain)).secrets).toContain('written-as-it-is');
  });

  test('the outside address is never guessed', async () => {
    expect(await mistakesOf(openid(ROLES), { environment })).toContain(
      'console.openid.redirect: is needed while server.trustProxy is empty',
    );
    const behind =
      'server: { trustProxy: [10.0.0.5] }\naccess: { keys: [{ name: a, secret: a-secret-of-many-letters }] }\n';
    expect((await load(`${behind}${openid(ROLES)}`, { environment })).console?.openid?.redirect).toBeUndefined();
  });

  test.each([
    ['issuer: "http://login.example.com"', 'console.openid.issuer: must begin with https://'],
    ['issuer: "https://login.example.com/.well-known/openid-configuration"', 'must be the part before /.well-known/'],
    ['issuer: "https://login.microsoftonline.com/common/v2.0"', 'must be the issuer of one tenant'],
    ['issuer: "https://login.microsoftonline.us/Organizations/v2.0"', 'in the place of Organizations'],
    ['issuer: "https://login.example.com/?a=b"', 'must be the address alone'],
    ['redirect: "https://gateway.example.com/"', 'with /console/sign-in/openid, as it is registered'],
    ['redirect: "http://gateway.example.com/console/sign-in/openid"', 'must begin with https://'],
    ['roles: {}', 'console.openid.roles: gives no role'],
    ['clientSecret: ""', 'console.openid.clientSecret'],
    ['scopes: ["two words"]', 'console.openid.scopes[0]'],
  ])('%s is a mistake', async (wrong, message) => {
    const key = wrong.split(':', 1)[0];
    const right = [...OPENID.split(', '), REDIRECT, ROLES].filter((one) => !one.startsWith(`${key}:`));
    const text = `console: { openid: { ${[...right, wrong].join(', ')} } }\n${REST}`;
    expect(await mistakesOf(text, { environment })).toContain(message);
  });

  test('http is for this machine', async () => {
    const here = openid(`${REDIRECT}, ${ROLES}`).replace('https://login.example.com', 'http://127.0.0.1:8080/realms/a');
    await expect(load(here, { environment })).resolves.toBeDefined();
  });

  test('somebody must be able to sign in', async () => {
    expect(await mistakesOf(openid(REDIRECT), { environment })).toContain('console.users: has nobody who may sign in');
    expect(await mistakesOf(`console: {}\n${REST}`)).toContain('console.users: has nobody who may sign in');
    expect(await mistakesOf(`console: { users: [{ name: anna, role: viewer }] }\n${REST}`)).toContain(
      'there is neither proxyUser nor openid',
    );
    const users = 'users: [{ name: anna, role: viewer }], ';
    await expect(load(openid(REDIRECT, users), { environment })).resolves.toBeDefined();
  });
});
