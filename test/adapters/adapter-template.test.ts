import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import adapter from '../../samples/adapter-template.ts';
import { describeAdapter, suiteCustomers } from '../support/adapter-suite.ts';
import { temporaryFolderForAll } from '../support/temp.ts';

const file = join(await temporaryFolderForAll(), 'customers.json');
await writeFile(file, JSON.stringify(suiteCustomers));
describeAdapter({ name: 'template', adapter, settings: () => ({ file }) });
