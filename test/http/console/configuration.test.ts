import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import { listen, type RunningServer } from '../../../src/http/listen.ts';
import { recordedLog } from '../../support/log.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';
import { consoleOfRoles, Visitor } from './visitor.ts';

const MARK = 'mark-of-a-secret';
const HOSTILE = '<img src=x onerror=alert(1)>';
const folder = await temporaryFolderForAll();
const file = join(folder, 'gateway.yaml');
const environment = { GATEWAY_KEY: `${MARK}-of-the-environment` };
let gateway: Gateway;
let server: RunningServer;
let administrator: Visitor;

const users = consoleOfRoles()
  .users.map(({ name, role, password = '' }) => `{ name: ${name}, role: ${role}, password: "${password}" }`)
  .join(', ');

const written = (more = '', match = 'email') => `# ${HOSTILE}
server: { port: 0 }
access: { keys: [{ name: helpspot, secret: "\${GATEWAY_KEY}" }] }
# password: ${MARK}-in-a-comment
sources:
  people: { adapter: csv, file: people.csv }
  mail: { adapter: email, host: mail.example.com, from: a@example.com, to: b@example.com, user: a, password: ${MARK}-in-the-clear }
${more}
lookups: { default: { sources: people, match: [${match}] } }
push: { Mail: { source: mail } }
console: { users: [${users}] }
store: { file: gateway.db }
`;

const load = () => loadConfiguration(file, adapters, environment);
/** In one step, as editors do. */
async function write(text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

beforeAll(async () => {
  await writeFile(join(folder, 'people.csv'), 'customer_id,email\n1,a@example.com\n');
  await write(written());
  gateway = createGateway(await load(), { log: recordedLog(), readPlan: load });
  server = await listen(gateway);
  administrator = await Visitor.signIn(server.url, 'administrator');
});

afterAll(async () => {
  await server.close();
  await gateway.close();
  for (const page of administrator.seen) {
    expect(page).not.toContain(MARK);
    expect(page).not.toContain('scrypt:');
    expect(page).not.toContain('<img');
  }
});

const page = async () => (await administrator.get('/console/configuration')).html;

it('shows the file in force without its secrets, and says why it is not changed here', async () => {
  const html = await page();
  expect(html).toContain('<h1>Configuration</h1>');
  expect(html).toContain('secret: &quot;${GATEWAY_KEY}&quot;');
  expect(html).toContain('password: ***');
  expect(html).toContain('# &lt;img src=x');
  expect(html).toContain('it stays with those who may write the file');
  expect(html).toContain('The file is in force as it is.');
  expect(html).toContain('has not been read again');
});

it('is for administrators', async () => {
  const operator = await Visitor.signIn(server.url, 'operator');
  const refused = await operator.get('/console/configuration');
  expect(refused.status).toBe(403);
  expect(refused.html).not.toContain('people.csv');
  expect(refused.html).not.toContain('href="/console/configuration"');
});

it('says at which lines the file is wrong now, while the one before stays in force', async () => {
  await write(written(`  # bad\n  wrong: { adapter: csv, fiel: ${MARK} }\n  other: { adapter: ldap, password: 17 }`));
  const html = await page();
  expect(html).toContain('cannot be used');
  expect(html).toMatch(/<code>9:\d+<\/code> sources\.wrong\.fiel: unknown key/);
  expect(html).toMatch(/<code>10:\d+<\/code> /);
  expect(html).toContain('<code id="line-6">  people:');
  await write('sources: [');
  expect(await page()).toContain('cannot be used');
  await rename(file, `${file}.away`);
  expect(await page()).toContain('cannot be used');
});

it('says what the last change of the file changed, by names', async () => {
  await write(written(`  crm: { adapter: csv, file: people.csv }`, 'customer_id'));
  expect(await page()).toContain('The file has changed since and can be used');
  await gateway.reload(await load());
  const html = await page();
  expect(html).toContain('>sources</th><td>crm</td><td>added<');
  expect(html).toContain('>lookups</th><td>default</td><td>changed<');
  expect(html.match(/<td>(?:added|removed|changed)</g)).toHaveLength(2);
  await gateway.reload(await load());
  expect(await page()).toContain('Nothing that matters.');
  await write(written().replace(`${MARK}-in-the-clear`, `${MARK}-another`));
  await gateway.reload(await load());
  expect(await page()).toContain('>sources</th><td>mail</td><td>changed<');
});
