import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import adapter from '../../../adapters/csv/index.ts';
import { describeAdapter, suiteFields, suiteRows } from '../../support/adapter-suite.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';

const folder = await temporaryFolderForAll();

const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
const file = join(folder, 'customers.csv');
await writeFile(file, [suiteFields, ...suiteRows].map((row) => `${row.map(quoted).join(',')}\r\n`).join(''));

describeAdapter({
  name: 'csv',
  adapter,
  settings: () => ({ file }),
  outage: {
    begin: () => rename(file, `${file}.away`),
    end: () => rename(`${file}.away`, file).catch(() => undefined),
  },
});

const other = join(folder, 'other.csv');
const rows = suiteRows.map((row) =>
  row.map((value) => (/[;"']/.test(value) ? `'${value.replaceAll("'", "''")}'` : value)),
);
await writeFile(other, Buffer.from(`\ufeff${rows.map((row) => row.join(';')).join('\n')}`, 'utf16le'));

describeAdapter({
  name: 'csv, in UTF-16, with semicolons, single quotes and no header',
  adapter,
  settings: () => ({ file: other, delimiter: ';', quote: "'", encoding: 'utf-16', columns: [...suiteFields] }),
});
