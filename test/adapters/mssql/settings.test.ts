import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import mssql from '../../../adapters/mssql/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { openSource } from './source.ts';

const server = { host: 'erp.example.com', user: 'helpspot_ro', password: 'x' };
const directory = { ...server, linkedServer: 'ADSI', baseDn: 'DC=example,DC=com' };

/** What is wrong with settings: path and message. */
function mistakes(settings: object): string[] {
  const read = mssql.settings.safeParse(settings);
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the settings', () => {
  it('have safe defaults', () => {
    expect(mssql.settings.parse({ ...server, table: 'customers' })).toMatchObject({
      encrypt: true,
      trustServerCertificate: false,
      readOnlyIntent: true,
      connections: 8,
      connectTimeout: 2000,
      timeZone: 'UTC',
    });
  });

  it('take one way to search', () => {
    expect(mistakes(server)).toEqual([expect.stringContaining('needs one of table')]);
    expect(mistakes({ ...server, table: 'a', query: 'SELECT 1 AS a' })).toEqual([
      expect.stringContaining('only one of'),
    ]);
    expect(mistakes({ ...server, table: 'a', baseDn: 'DC=a' })).toEqual(['baseDn: goes with linkedServer only']);
    expect(mistakes({ ...directory, table: 'a' })).toEqual([
      expect.stringMatching(/^table: does not go with linkedServer/),
    ]);
    expect(mistakes({ ...directory, add: { orders: { query: 'SELECT 1 AS a', by: 'a' } } })).toEqual([
      'add: does not go with linkedServer',
    ]);
  });

  it('read the queries as SQL Server does', () => {
    expect(mistakes({ ...server, query: "SELECT [a:b], '::x' FROM t WHERE email = :email" })).toEqual([]);
    expect(mistakes({ ...server, query: 'DELETE FROM t' })).toEqual([expect.stringContaining('must be a SELECT')]);
    expect(mistakes({ ...server, query: 'SELECT 1; DROP TABLE t' })).toEqual([
      expect.stringContaining('second statement'),
    ]);
  });

  it('take a port or an instance, and TLS only where there is some', () => {
    expect(mistakes({ ...server, table: 'a', port: 1433, instanceName: 'SQLEXPRESS' })).toEqual([
      expect.stringContaining('goes without port'),
    ]);
    expect(mistakes({ ...server, table: 'a', encrypt: false, tls: { ca: 'a.pem' } })).toEqual([
      'tls: goes with encrypt: true',
    ]);
    expect(mistakes({ ...server, table: 'a', encrypt: 'strict', tls: { serverName: 'a' } })).toEqual([]);
    expect(mistakes({ ...server, table: 'a', encrypt: 'yes' })).toHaveLength(1);
  });

  it('take a zone by its name or its offset', () => {
    for (const timeZone of ['UTC', 'utc', '+01:00', 'Europe/Zurich']) {
      expect(mistakes({ ...server, table: 'a', timeZone }), timeZone).toEqual([]);
    }
    for (const timeZone of ['local', 'Nowhere/City', '+1', '']) {
      expect(mistakes({ ...server, table: 'a', timeZone }), timeZone).toHaveLength(1);
    }
  });

  it('want a base and attributes that can be', () => {
    const { baseDn: _, ...baseless } = directory;
    expect(mistakes(baseless)).toEqual([expect.stringMatching(/^baseDn: is missing/)]);
    expect(mistakes({ ...directory, baseDn: 'example.com' })).toHaveLength(1);
    expect(mistakes({ ...directory, attributes: {} })).toHaveLength(1);
    for (const attribute of ['mail, *', "mail'", 'mail]', 'a--b']) {
      expect(mistakes({ ...directory, attributes: { email: attribute } }), attribute).toHaveLength(1);
    }
  });

  it('name what staff see', () => {
    expect(mssql.titleOf?.(mssql.settings.parse({ ...server, table: 'a' }))).toBe('SQL Server');
    expect(mssql.titleOf?.(mssql.settings.parse(directory))).toBe('Active Directory');
  });

  it('say which file of an authority cannot be read', async () => {
    const opened = openSource({ ...server, table: 'a', tls: { ca: 'no-such.pem' } });
    await expect(opened).rejects.toThrow('tls.ca: /no-such.pem cannot be read (ENOENT)');
  });
});

describe('the documentation', () => {
  const page = readFileSync(new URL('../../../docs/adapters/mssql.md', import.meta.url), 'utf8');

  it('names every setting', () => {
    const names = Object.keys(mssql.settings.shape);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it.each(['mssql', 'active-directory-linked-server'])('has an example that can be read: %s', async (name) => {
    const file = new URL(`../../../config/examples/${name}.yaml`, import.meta.url);
    const environment = { ERP_PASSWORD: 'x', ERP_PUSH_PASSWORD: 'x', AD_SQL_PASSWORD: 'x' };
    const plan = await loadConfiguration(file.pathname, { mssql: async () => mssql }, environment);
    expect(plan.sources.size).toBeGreaterThan(0);
  });
});
