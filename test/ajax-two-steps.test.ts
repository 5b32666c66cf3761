/** The example of docs/configuration.md: an AJAX field in two steps with names, on real sources, asked by PHP as HelpSpot asks. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { beforeAll, describe, expect, it } from 'vitest';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import { createGateway, type Gateway } from '../src/gateway/gateway.ts';
import { listen, type RunningServer } from '../src/http/listen.ts';
import { recordedLog } from './support/log.ts';
import { reasonOf } from './support/packages.ts';
import { requirePhp } from './support/php.ts';
import { ajaxClient } from './support/php-ajax.ts';
import { temporaryFolderForAll } from './support/temp.ts';

const available = await requirePhp();
const folder = await temporaryFolderForAll();
const docs = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');
const example = docs.match(/```yaml\n(ajax:\n.*?via: .*?)```/s)?.[1] ?? '';
const SOURCES = `server: { port: 0 }
sources:
  crm: { adapter: csv, title: CRM, file: people.csv }
  erp: { adapter: sqlite, title: ERP, file: erp.db, table: contracts }
  categories: { adapter: csv, title: Categories, file: categories.csv }
`;
let gateway: Gateway;
let server: RunningServer;

beforeAll(async () => {
  await writeFile(
    join(folder, 'people.csv'),
    'customer_id,last_name,email\n12,Ames,ann@acme.example\n13,Byrd,office@acme.example\n14,Cole,office@acme.example\n,Dunn,new@acme.example\n',
  );
  await writeFile(join(folder, 'categories.csv'), 'category,name\n1,Software\n2,Hardware & more\n');
  const database = new Database(join(folder, 'erp.db'));
  database.exec(`CREATE TABLE contracts (number TEXT, customer INTEGER, category INTEGER, owner INTEGER);
    INSERT INTO contracts VALUES ('C-10', 12, 1, 13), ('C-9', 12, 1, 12), ('C-1', 12, 2, 99),
      ('C-2', 13, 1, 13), ('C-3', 14, 3, 13), ('C-4', 15, 1, 13)`);
  database.close();
  await writeFile(join(folder, 'gateway.yaml'), SOURCES + example);
  gateway = createGateway(await loadConfiguration(join(folder, 'gateway.yaml'), adapters, {}), { log: recordedLog() });
  server = await listen(gateway);
  return async () => {
    await server.close();
    await gateway.close();
  };
});

describe.skipIf(!available.ok)(`HelpSpot fills a field in two steps${reasonOf(available)}`, () => {
  const php = ajaxClient(available.ok ? available.path : '');
  const lines = async (sEmail: string) => {
    const result = await php.ask(`${server.url}/ajax/contracts`, { sEmail, callingField: '' });
    return 'options' in result ? result.options.map(({ value, description }) => `${value}|${description}`) : result;
  };

  it('with what belongs to the customer, by names', async () => {
    expect(await lines('Ann@acme.example')).toEqual([
      ...['|--- Hardware & more ---', 'C-1|C-1 99'],
      ...['|--- Software ---', 'C-9|C-9 Ames', 'C-10|C-10 Byrd'],
    ]);
  });

  it('with what belongs to both who share an address', async () => {
    expect(await lines('office@acme.example')).toEqual([
      ...['|--- 3 ---', 'C-3|C-3 Byrd'],
      ...['|--- Software ---', 'C-2|C-2 Byrd'],
    ]);
  });

  it('with a word where there is nobody, or nothing known of him', async () => {
    expect(await lines('')).toEqual(['|Fill in the email address first']);
    expect(await lines('nobody@acme.example')).toEqual(['|Nothing was found in CRM by the email address']);
    expect(await lines('new@acme.example')).toEqual([
      '|What was found in CRM has no customer_id; nothing can be listed without it',
    ]);
  });
});

it('check has nothing to say of it', async () => {
  expect(await gateway.inspect()).toEqual([]);
});
