/** What `check` says of a lookup that its source cannot keep. */
import { describe, expect, it } from 'vitest';
import azure from '../../../adapters/azure-ad/index.ts';
import csv from '../../../adapters/csv/index.ts';
import http from '../../../adapters/http/index.ts';
import ldap from '../../../adapters/ldap/index.ts';
import mssql from '../../../adapters/mssql/index.ts';
import { titleFindings } from '../../../src/gateway/check/alike.ts';
import { renamed, steps } from '../../support/plans.ts';
import { FIELDS, findings } from './harness.ts';

describe('of a lookup', () => {
  it('there is nothing to say where everything is there', async () => {
    expect(await findings({ fields: FIELDS, lookup: { fields: [renamed('firm', 'company')] } })).toEqual([]);
  });

  it('names that staff cannot tell apart are told: of sources, elements, related records and columns', async () => {
    const lookup = (kinds: readonly string[], headings: readonly string[]) => ({
      related: kinds.map((name) => ({
        ...{ name, source: 'crm', where: [{ field: 'email', value: '{{email}}' }], except: [], order: [] },
        ...{ limit: 5, optional: false, patienceMs: 100 },
      })),
      fields: kinds.map((element) => ({
        ...{ element, visibleTo: undefined },
        content: { kind: 'table' as const, related: element, columns: headings.map(column) },
      })),
    });
    const column = (heading: string) => ({ heading, ...renamed('email', 'email') });
    // Two sources of one system are one for staff.
    const others = { erp: FIELDS, orders: FIELDS, lines: FIELDS };
    const titles = { erp: 'our CRM', orders: 'Shop', lines: 'Shop' };
    const titled = { source: { title: 'Our  CRM', settings: { url: 'https://crm.example.com' } }, others, titles };
    expect(
      await findings({ ...titled, fields: FIELDS, lookup: lookup(['open_calls', 'Open calls'], ['No', 'NO ']) }),
    ).toEqual([
      'warning: sources.erp.title: staff read "our CRM" of this source and of crm, and cannot tell which of them has failed; write a title of its own',
      'warning: lookups.default.fields: staff cannot tell "Open calls" from "open_calls"; write another name',
      'warning: lookups.default.related: staff cannot tell "Open calls" from "open_calls"; write another name',
      'warning: lookups.default.fields.open_calls.columns: staff cannot tell "NO " from "No"; write another name',
      'warning: lookups.default.fields.Open calls.columns: staff cannot tell "NO " from "No"; write another name',
    ]);
    const distinct = lookup(['calls', 'recalls'], ['No', 'Note']);
    expect(await findings({ fields: FIELDS, others: { erp: FIELDS }, lookup: distinct })).toEqual([]);
  });

  it.each([
    ['the tenant', azure, { tenantId: 'a', pageSize: 1 }, { tenantId: 'b' }, { tenantId: 'a', pageSize: 2 }],
    ['the file', csv, { file: 'a.csv' }, { file: 'b.csv' }, { file: './a.csv', delimiter: ';' }],
    [
      'the directory',
      mssql,
      { linkedServer: 'A', host: 'db' },
      { linkedServer: 'B', host: 'db' },
      { linkedServer: 'A', host: 'DB' },
    ],
    ['the servers', ldap, { url: ['ldap://a'] }, { url: ['ldap://a', 'ldap://b'] }, { url: 'ldap://a/' }],
    [
      'the address, where it does not',
      http,
      { url: 'https://a' },
      { url: 'https://b' },
      { url: 'https://a', list: 'x' },
    ],
  ])('the adapter says by what a system is told from another: %s', (_what, adapter, settings, other, same) => {
    const titled = { title: 'CRM', adapter };
    const found = (second: object) =>
      titleFindings(new Map(Object.entries({ crm: { ...titled, settings }, erp: { ...titled, settings: second } })));
    expect(found(other)).toMatchObject([{ where: 'sources.erp.title', weight: 'warning' }]);
    expect(found(same)).toEqual([]);
  });

  it('a field that no source has is an error, with the nearest name', async () => {
    const fields = [renamed('firm', 'compny')];
    expect(await findings({ fields: FIELDS, lookup: { fields } })).toEqual([
      'error: lookups.default.fields.firm: no source of this lookup has a field compny (did you mean company?)',
    ]);
    const template = { kind: 'template', template: '{{company}} {{city}}' } as const;
    expect(
      await findings({
        fields: FIELDS,
        lookup: { fields: [{ element: 'x', content: template, visibleTo: undefined }] },
      }),
    ).toEqual(['error: lookups.default.fields.x: no source of this lookup has a field city']);
  });

  it('the field of a named source is known, and another of it is not', async () => {
    const fields = (from: string) => ({ fields: [renamed('customer_id', from)] });
    expect(await findings({ fields: FIELDS, lookup: fields('crm.customer_id') })).toEqual([]);
    expect(await findings({ fields: FIELDS, lookup: fields('crm.id') })).toEqual([
      expect.stringContaining('no source of this lookup has a field crm.id'),
    ]);
  });

  it('a checkbox of what says neither yes nor no is counted', async () => {
    const records = ['ja', 'nein', 'gesperrt', 'x'].map((active) => ({
      customer_id: '1',
      email: 'a@b.example',
      active,
    }));
    const fields = [
      { element: 'Custom5', content: { kind: 'checkbox', from: 'active' }, visibleTo: undefined },
    ] as const;
    expect(await findings({ records: records.slice(0, 1), lookup: { fields } })).toEqual([]);
    expect(await findings({ records, lookup: { fields } })).toContain(
      'warning: lookups.default.fields.Custom5: active is neither yes nor no in 1 of 4 values; the checkbox is left out of these',
    );
  });

  it('a step that its sources cannot be asked never finds anybody', async () => {
    const match = steps('email', 'last_name:contains', 'phone', 'company=Custom5');
    expect(await findings({ fields: FIELDS, lookup: { match } })).toEqual([
      'warning: lookups.default.match[1]: finds nobody: crm can search last_name only by exact, prefix',
      'warning: lookups.default.match[2]: finds nobody: crm has no field phone to search by',
      'warning: lookups.default.match[3]: finds nobody: crm has no field company to search by',
    ]);
    expect(
      await findings({ fields: FIELDS, lookup: { match: [[{ parameters: ['last_name'], words: ['last_name'] }]] } }),
    ).toEqual([
      expect.stringContaining('cannot be searched for a part of last_name'),
      'error: lookups.default: can never find anybody: none of its match steps can be asked of any of its sources',
    ]);
  });

  it('a field that is only shown narrows a step that another field can be asked by', async () => {
    const match = steps('company=Custom5+email', 'company=Custom5');
    expect(await findings({ fields: FIELDS, lookup: { match } })).toEqual([
      'warning: lookups.default.match[1]: finds nobody: crm has no field company to search by',
    ]);
  });

  it('a parameter that HelpSpot does not send is told', async () => {
    const match = steps('email=Custom5', 'email=Custm5');
    expect(await findings({ fields: FIELDS, lookup: { match } })).toEqual([
      expect.stringMatching(
        /^warning: lookups\.default\.match\[1\]: HelpSpot sends no Custm5, so this step is never tried/,
      ),
    ]);
  });

  it('columns are compared with what is shown', async () => {
    expect(await findings({ fields: FIELDS, lookup: { columns: ['email', 'citty'] } })).toEqual([
      'warning: lookups.default.columns: no source of this lookup has a field citty',
    ]);
  });

  it('customers without an id are told', async () => {
    expect(await findings({ fields: FIELDS.slice(1) })).toEqual([
      expect.stringMatching(/^warning: lookups\.default\.fields: no source has a field customer_id/),
    ]);
  });

  it('and those of one source alone, where the field of their id is not its own', async () => {
    const others = { directory: [{ name: 'kdnr' }, { name: 'name' }, { name: 'email' }] };
    const fields = (from: string) => ({ fields: [renamed('customer_id', from)] });
    expect(await findings({ fields: FIELDS, others, lookup: fields('kdnr') })).toEqual([
      'warning: lookups.default.fields.customer_id: crm has no field kdnr; customers that it alone knows have no customer_id, which HelpSpot requires',
    ]);
    // By name it was meant so.
    expect(await findings({ fields: FIELDS, others, lookup: fields('directory.kdnr') })).toEqual([]);
    // The mail address stands for it.
    expect(await findings({ fields: FIELDS, others })).toEqual([]);
    const nameless = { directory: [{ name: 'name' }, { name: 'mail' }] };
    const match = steps('email', 'mail=email');
    expect(await findings({ fields: FIELDS, others: nameless, lookup: { match } })).toEqual([
      'warning: lookups.default.fields.customer_id: directory has no field customer_id, id, email; customers that it alone knows have no customer_id, which HelpSpot requires',
    ]);
    expect(
      await findings({ fields: [...FIELDS, { name: 'mail' }], others: nameless, lookup: { match, mergeBy: ['mail'] } }),
    ).toEqual([]);
  });

  it('a field that is named with its source is told with the names of that source', async () => {
    const fields = (from: string) => ({ fields: [renamed('firm', from)] });
    expect(await findings({ fields: FIELDS, lookup: fields('crm.compny') })).toEqual([
      expect.stringContaining('no source of this lookup has a field crm.compny (did you mean crm.company?)'),
    ]);
    expect(await findings({ fields: FIELDS, lookup: fields('crn.company') })).toEqual([
      expect.stringContaining('did you mean crm.company?'),
    ]);
  });

  it('a field for the join that a source does not have', async () => {
    const others = { directory: [{ name: 'customer_id' }, { name: 'email' }] };
    const lookup = { mergeBy: ['company'] };
    expect(await findings({ fields: FIELDS, others, lookup })).toEqual([
      'warning: lookups.default.mergeBy: directory has no field company; its records are never joined',
    ]);
    expect(await findings({ fields: FIELDS, others, lookup: { mergeBy: ['email', 'compny'] } })).toEqual([
      'warning: lookups.default.mergeBy: no source of the lookup has a field compny (did you mean company?); nothing is joined by it',
    ]);
  });

  it('a customer_id that another source counts for itself', async () => {
    const own = ['0001', '0002', '0003'].map((customer_id) => ({
      customer_id,
      email: `${Number(customer_id)}@x.example`,
    }));
    const said = (numbers: readonly string[], lookup: Parameters<typeof findings>[0]['lookup'] = {}) => {
      const shop = numbers.map((customer_id, at) => ({ customer_id, email: `<${at + 1}@X.example>` }));
      const match = steps('customer_id', 'email');
      const other = { others: { shop: FIELDS }, otherRecords: { shop } };
      return findings({ fields: FIELDS, records: own, ...other, lookup: { match, mergeBy: ['email'], ...lookup } });
    };
    expect((await said(['2', '3', '3'])).filter((finding) => finding.includes('another number'))).toEqual([
      'warning: lookups.default.match: customer_id is another number in shop than in crm (of 2 of 3 customers whom both have), and finds somebody else there; call it otherwise in shop, or give the name to a number that they share',
    ]);
    // The same but for zeros; of people who are nobody's; and where nobody is found by it.
    for (const none of [
      await said(['1', '2', '3']),
      await said(['2', '3'], { mergeBy: [] }),
      await said(['2', '3'], { match: steps('email') }),
    ]) {
      expect(none.filter((finding) => finding.includes('another number'))).toEqual([]);
    }
  });

  it('texts that should go into a date field and are no dates', async () => {
    const content = { kind: 'field', from: ['ends'], html: false, date: 'unix', list: 'comma' } as const;
    const lookup = { fields: [{ element: 'Custom6', content, visibleTo: undefined }] };
    const records = ['31.12.2026', '2026-12-31', ''].map((ends, id) => ({ customer_id: `${id}`, ends }));
    expect(await findings({ records, lookup })).toEqual([
      'warning: lookups.default.fields.Custom6: 2 of 3 values of ends are no dates and are left out; say how they are written: sources.crm.dates: { ends: DD.MM.YYYY }',
    ]);
    expect(await findings({ records: records.slice(1, 2), lookup })).toEqual([]);
    // What only looks like one, and seconds as a number, are left out, too.
    const odd = [
      '2027-02-29',
      '2026-13-01',
      '2026-12-31T23:59:60Z',
      1_800_000_000,
      '2026-12-31T10:00:00Z',
      new Date(0),
    ];
    expect(await findings({ records: odd.map((ends, id) => ({ customer_id: `${id}`, ends })), lookup })).toEqual([
      expect.stringContaining('4 of 6 values of ends are no dates'),
    ]);
  });

  it('nothing is said of what nobody can know, or of a source that is away', async () => {
    const lookup = { match: steps('anything=Custom5:contains'), fields: [renamed('x', 'y')] };
    expect(await findings({ lookup })).toEqual([]);
    expect(await findings({ fields: FIELDS, lookup, system: { error: new Error('away') } })).toEqual([]);
  });

  it('a sample says which fields records have, where the adapter cannot', async () => {
    const records = [{ customer_id: '1', email: 'a@example.com' }];
    expect(await findings({ records, lookup: { mergeBy: ['mail'] } })).toEqual([]);
  });
});
