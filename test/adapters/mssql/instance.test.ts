/** Named instances, whose port the SQL Server Browser knows. Its port cannot be chosen, so only this file may start one. */
import { execFile } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, context } from '../../support/open-source.ts';
import { reasonOf, requireCommand } from '../../support/packages.ts';
import { startBrowser } from '../../support/tds/browser.ts';
import type { SqlServerOptions } from '../../support/tds/state.ts';
import { standIn } from './server.ts';
import { openSource } from './source.ts';

const tsql = await requireCommand('tsql', ['freetds-bin'], 'the SQL Server stand-in is proved with FreeTDS');
const taken = await startBrowser({}).then(
  async (browser) => await browser.stop().then(() => false),
  () => true,
);

/** A server with one customer, and settings that name it as an instance. */
async function instance(options: SqlServerOptions = {}) {
  const made = await standIn(options);
  onTestFinished(() => made.stop());
  made.server.load('customers', { id: 'int', email: 'nvarchar(100)' }, [[1, 'a@example.com']]);
  const { port, ...rest } = made.settings;
  return { ...made, port: Number(port), settings: { ...rest, instanceName: 'ERP', table: 'customers' } };
}

async function browsing(instances: Readonly<Record<string, number>>) {
  const browser = await startBrowser(instances);
  onTestFinished(() => browser.stop());
  return browser;
}

describe.skipIf(taken)(`a named instance${taken ? ' (skipped: something else has the port UDP 1434)' : ''}`, () => {
  test('is found by its name', async () => {
    const { settings, port } = await instance();
    const browser = await browsing({ MSSQLSERVER: 1, erp: port });
    const source = await openSource(settings);
    expect(await source.find(ask({ id: '1' }), context())).toEqual([{ id: 1, email: 'a@example.com' }]);
    expect(browser.requests.length).toBeGreaterThan(0);
  });

  test('is found again on another port, which it has after a restart', async () => {
    const [first, second] = [await instance(), await instance()];
    const instances = { ERP: first.port };
    await browsing(instances);
    const source = await openSource(first.settings);
    await source.check(context());
    await first.server.kill();
    instances.ERP = second.port;
    expect(await source.find(ask({ id: '1' }), context())).toHaveLength(1);
    expect(second.server.logins.length).toBeGreaterThan(0);
  });

  test('has its login encrypted, or none', async () => {
    const safe = await instance({ encryption: 'on' });
    const instances = { ERP: safe.port };
    await browsing(instances);
    await (await openSource(safe.settings)).check(context());
    expect(safe.server.logins.map(({ encrypted }) => encrypted)).not.toContain(false);
    const unsafe = await instance({ encryption: 'declined' });
    instances.ERP = unsafe.port;
    await expect((await openSource(unsafe.settings)).check(context())).rejects.toMatchObject({
      message: expect.stringContaining('the login was not sent'),
    });
    expect(unsafe.server.logins).toEqual([]);
  });

  test('that the browser does not know says what to do', async () => {
    const { settings, port } = await instance();
    await browsing({ OTHER: port });
    await expect((await openSource(settings)).check(context())).rejects.toMatchObject({
      kind: 'unreachable',
      message: '127.0.0.1\\ERP/crm does not name the port of the instance',
      remedy: expect.stringContaining('UDP 1434'),
    });
  });

  test('without a browser says what to do', async () => {
    const { settings } = await instance();
    const source = await openSource({ ...settings, connectTimeout: '200ms' });
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'unreachable',
      message: '127.0.0.1\\ERP/crm did not answer in time',
      remedy: expect.stringContaining('SQL Server Browser'),
    });
  });

  test.skipIf(!tsql.ok)(`is found by FreeTDS, too${reasonOf(tsql)}`, async () => {
    const { server, port } = await instance();
    const browser = await browsing({ ERP: port });
    const words = ['-S', `${server.host}\\ERP`, '-U', server.user, '-P', server.password, '-D', server.database];
    const output = await new Promise<string>((done) => {
      const env = { ...process.env, TDSVER: '7.4', LC_ALL: 'C.UTF-8' };
      const child = execFile('tsql', [...words, '-o', 'fhq'], { env, timeout: 20_000 }, (_error, out, errors) =>
        done(out + errors),
      );
      child.stdin?.on('error', () => {});
      child.stdin?.end('SELECT email FROM customers\ngo\nexit\n');
    });
    expect(output).toContain('a@example.com');
    expect(browser.requests.map(([type]) => type)).toContain(0x04);
  });
});
