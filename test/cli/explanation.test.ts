/** `lookup --explain` over real files. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { temporaryFolderForAll } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';

const folder = await temporaryFolderForAll();
const config = join(folder, 'gateway.yaml');

beforeAll(async () => {
  await writeFile(
    join(folder, 'crm.csv'),
    'customer_id,last_name,email,ends,band\n1,Doe,a@example.com,soon,A\n2,Doe,b@example.com,,B\n',
  );
  await writeFile(join(folder, 'directory.csv'), 'last_name,email,room\nDoe,A@example.com,7\n');
  await writeFile(
    config,
    `sources:
  crm: { adapter: csv, file: crm.csv }
  directory: { adapter: csv, file: directory.csv }
lookups:
  default:
    sources: [crm, directory]
    match: [customer_id, last_name]
    mergeBy: email
    fields:
      Custom5: { from: ends, date: unix }
      Custom6: bnd
      Custom7: { from: band, visibleTo: [admin, level-2] }
      room: room
`,
  );
});

const run = (...args: readonly string[]) =>
  runCommand(runGateway, ['lookup', `--config=${config}`, 'default', ...args, '--explain']);
/** Without what differs from time to time. */
const still = (text: string) => text.replace(/ +\d+ ms| +TIME/g, '').replace(/ +$/gm, '');

describe('lookup --explain', () => {
  it('says what was asked, found, joined and left out, and what came out empty and why', async () => {
    const { status, stderr, stdout } = await run('customer_id=9', 'last_name=Doe');
    expect(status).toBe(0);
    expect(stdout).toContain('2 customers');
    expect(still(stderr)).toBe(`STEP         SOURCE     RESULT
customer_id  crm        0 found
customer_id  directory  0 found: directory has no field customer_id to search by
last_name    crm        2 found
last_name    directory  1 found
3 records, 2 customers after joining, 2 within the limit
1 record of crm joined with directory by email
1 record of crm joined with none: no other source has the same email
other values of directory give way to crm: email

from crm: customer_id, last_name, email
from directory: room

note: first_name is empty in every customer: no record has first_name (did you mean last_name?)
note: phone is empty in every customer: no record has phone
note: Custom5 is empty in every customer: what ends has is no date
note: Custom6 is empty in every customer: no record has bnd (did you mean band?)
note: Custom7 is empty in every customer: only admin, level-2 may see it; ask with --as=admin
`);
    expect(stderr).not.toMatch(/example\.com|Doe/);
  });

  it('says of related records and of conditions why nothing is there', async () => {
    const file = join(folder, 'related.yaml');
    await writeFile(join(folder, 'contracts.csv'), 'number,owner\nSC-1,2\n');
    await writeFile(
      file,
      `sources:
  crm: { adapter: csv, file: crm.csv }
  erp: { adapter: csv, file: contracts.csv }
lookups:
  default:
    sources: crm
    match: [customer_id]
    related: { contracts: { source: erp, where: { owner: "{{customer_id}}" } } }
    fields:
      contracts: { table: contracts }
      renewal: { value: Ask, when: { contracts: { above: 1 } } }
`,
    );
    const explain = async (id: string) =>
      still(
        (await runCommand(runGateway, ['lookup', `--config=${file}`, 'default', `customer_id=${id}`, '--explain']))
          .stderr,
      );
    expect(await explain('2')).toContain('\n1 record, 1 customer after joining, 1 within the limit\n');
    expect(await explain('2')).toContain('\nfrom erp: contracts\n');
    const nothing = await explain('1');
    expect(nothing).toContain('note: contracts is empty in every customer: no contracts were found, or asked for\n');
    expect(nothing).toContain('note: renewal is empty in every customer: what "when" says of contracts does not hold');
  });

  it('tells origins in JSON too', async () => {
    const line = ['lookup', `--config=${config}`, 'default', 'last_name=Doe', '--json'];
    const { provenance } = JSON.parse((await runCommand(runGateway, line)).stdout);
    expect(provenance).toHaveLength(2);
    expect(provenance[0]).toMatchObject({
      email: [{ source: 'crm', title: 'CSV file' }],
      room: [{ source: 'directory' }],
    });
  });

  it('shows to a level what that level may see', async () => {
    expect((await run('last_name=Doe', '--as=level-2')).stderr).not.toContain('note: Custom7');
  });

  it('says the same beside every format', async () => {
    const text = still((await run('last_name=Doe')).stderr);
    for (const format of ['--xml', '--json']) {
      const { stdout, stderr } = await run('last_name=Doe', format);
      expect(still(stderr)).toBe(text);
      expect(stdout).toContain('Doe');
    }
  });

  it('calls nothing empty where nobody was found', async () => {
    expect((await run('last_name=Roe')).stderr).not.toContain('empty in every');
  });
});
