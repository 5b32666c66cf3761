import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import sqlite from '../../../adapters/sqlite/index.ts';
import { describeAdapter, suiteFields, suiteRows } from '../../support/adapter-suite.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';

const folder = await temporaryFolderForAll();
const file = join(folder, 'suite.db');

const database = new Database(file);
database.exec(`CREATE TABLE customers (${suiteFields.join(' TEXT, ')} TEXT)`);
const insert = database.prepare(`INSERT INTO customers VALUES (${suiteFields.map(() => '?').join(', ')})`);
for (const row of suiteRows) insert.run(...row);
database.close();

const outage = {
  begin: () => rename(file, `${file}.away`),
  end: () => rename(`${file}.away`, file).catch(() => undefined),
};

describeAdapter({ name: 'sqlite, a table', adapter: sqlite, settings: () => ({ file, table: 'customers' }), outage });

const OWN_RULES = 'a query compares as it says; the adapter adds nothing';

describeAdapter({
  name: 'sqlite, a query',
  adapter: sqlite,
  outage,
  settings: () => ({
    file,
    query: `SELECT * FROM customers
      WHERE (:customer_id = '' OR customer_id = :customer_id COLLATE NOCASE)
        AND (:first_name = '' OR first_name = :first_name) AND (:last_name = '' OR last_name = :last_name COLLATE NOCASE)
        AND (trim(:email) = '' OR lower(email) = lower(trim(:email)))
        AND (:phone = '' OR phone = :phone) AND (:company = '' OR company = :company)
      ORDER BY customer_id`,
  }),
  skip: {
    'names ignore accents': OWN_RULES,
    'telephones compare by their digits': OWN_RULES,
    'telephones are found however they are written': OWN_RULES,
    'telephones without a country are those of the country that is set': OWN_RULES,
    'mail addresses are found however they are written': OWN_RULES,
    'names are found however they are written': OWN_RULES,
    'a value with markup is found by what HelpSpot inserts of it': OWN_RULES,
    'each word is found in one of several fields': 'this query has no LIKE',
    'finds by prefix': 'this query has no LIKE',
    'finds by a part of the value': 'this query has no LIKE',
    'all criteria must be met': 'this query has no LIKE',
    'the limit is kept': 'the case asks for a part of the address, and this query has no LIKE',
    'hostile values mean nothing but themselves in a prefix or a part': 'this query has no LIKE',
  },
});
