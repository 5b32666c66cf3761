/** The adapter suite against a real SQL Server: `MSSQL_URL=mssql://user:password@host:1433/database?trustServerCertificate=true`. */
import library from 'mssql';
import { afterAll, describe } from 'vitest';
import mssql from '../../../adapters/mssql/index.ts';
import { describeAdapter, suiteFields, suiteRows } from '../../support/adapter-suite.ts';

const address = process.env['MSSQL_URL'];
const reason = address === undefined ? ' (skipped: MSSQL_URL names no server; compose.yaml starts one)' : '';
const TABLE = 'helpspot_gateway_suite';

/** What the URL says, as settings. */
function settingsOf(url: URL): Record<string, unknown> {
  const flag = (name: string) => url.searchParams.get(name) === 'true';
  return {
    host: url.hostname,
    port: Number(url.port || 1433),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1) || 'master',
    encrypt: url.searchParams.get('encrypt') !== 'false',
    trustServerCertificate: flag('trustServerCertificate'),
    connectTimeout: '10s',
  };
}

describe.skipIf(address === undefined)(`a real SQL Server${reason}`, () => {
  const settings = settingsOf(new URL(address ?? 'mssql://localhost'));
  const { host, port, user, password, database, encrypt, trustServerCertificate } = settings;
  const admin = new library.ConnectionPool({
    server: String(host),
    port: Number(port),
    user: String(user),
    password: String(password),
    database: String(database),
    options: { encrypt: encrypt === true, trustServerCertificate: trustServerCertificate === true },
  });

  describeAdapter({
    name: 'mssql',
    adapter: mssql,
    settings: async () => {
      await admin.connect();
      await admin.query(`DROP TABLE IF EXISTS ${TABLE}`);
      const columns = suiteFields.map(
        (field) => `${field} ${field === 'customer_id' ? 'nvarchar(20)' : 'nvarchar(max)'}`,
      );
      await admin.query(`CREATE TABLE ${TABLE} (${columns.join(', ')})`);
      for (const row of suiteRows) {
        const request = admin.request();
        row.forEach((cell, index) => {
          request.input(`p${index}`, library.NVarChar(library.MAX), cell === '' ? null : cell);
        });
        await request.query(`INSERT INTO ${TABLE} VALUES (${row.map((_, index) => `@p${index}`).join(', ')})`);
      }
      return { ...settings, table: TABLE };
    },
    skip: { 'names ignore accents': 'SQL Server compares by the collation of the column' },
  });

  afterAll(async () => {
    if (!admin.connected) return;
    await admin.query(`DROP TABLE IF EXISTS ${TABLE}`);
    await admin.close();
  });
});
