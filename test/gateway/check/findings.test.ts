/** What `check` says of a configuration that its sources cannot keep. */
import { describe, expect, it } from 'vitest';
import type { SourceField, SourceRecord } from '../../../src/contract/index.ts';
import type { AjaxPlan } from '../../../src/gateway/ajax/plan.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import type { GatewayPlan, SourcePlan } from '../../../src/gateway/plan.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, renamed, steps } from '../../support/plans.ts';

const FIELDS: readonly SourceField[] = [
  { name: 'customer_id' },
  { name: 'last_name', searchable: ['exact', 'prefix'] },
  { name: 'email' },
  { name: 'company', searchable: [] },
];

interface Given {
  readonly fields?: readonly SourceField[];
  readonly records?: readonly SourceRecord[];
  readonly lookup?: Partial<LookupPlan>;
  readonly source?: Partial<SourcePlan>;
  readonly more?: Partial<GatewayPlan>;
  readonly system?: Partial<MemorySystem>;
}

async function findings({ fields, records = [], lookup, source, more, system }: Given): Promise<readonly string[]> {
  const one = { ...memorySystem(records), ...(fields && { fields }), ...system };
  const plan = gatewayPlan([memorySource('crm', one, source)], { match: steps('email'), ...lookup }, more);
  const gateway = createGateway(plan, { log: recordedLog() });
  try {
    return (await gateway.inspect()).map(({ weight, where, sentence }) => `${weight}: ${where}: ${sentence}`);
  } finally {
    await gateway.close();
  }
}

describe('of a lookup', () => {
  it('there is nothing to say where everything is there', async () => {
    expect(await findings({ fields: FIELDS, lookup: { fields: [renamed('firm', 'company')] } })).toEqual([]);
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

  it('nothing is said of what nobody can know, or of a source that is away', async () => {
    const lookup = { match: steps('anything=Custom5:contains'), fields: [renamed('x', 'y')] };
    expect(await findings({ lookup })).toEqual([]);
    expect(await findings({ fields: FIELDS, lookup, system: { error: new Error('away') } })).toEqual([]);
  });

  it('a sample says which fields records have, where the adapter cannot', async () => {
    const records = [{ customer_id: '1', email: 'a@example.com' }];
    expect(await findings({ records, lookup: { mergeBy: 'mail' } })).toEqual([]);
  });
});

it('of an AJAX field, its conditions, search and templates are compared', async () => {
  const ajax: AjaxPlan = {
    name: 'codes',
    source: 'crm',
    where: [{ field: 'activ', value: 'true', optional: false, label: undefined }],
    search: { fields: ['compani'], match: 'contains', minimum: 1 },
    value: { kind: 'template', template: '{{customer}}' },
    description: '{{company}}',
    group: undefined,
    before: [],
    after: [],
    order: [{ field: 'emial', descending: false }],
    limit: 10,
    encoding: 'utf-8',
  };
  expect(await findings({ fields: FIELDS, more: { ajax: new Map([['codes', ajax]]) } })).toEqual([
    'error: ajax.codes.where: crm has no field activ',
    'error: ajax.codes.search: crm has no field compani',
    'error: ajax.codes.value: crm has no field customer (did you mean customer_id?)',
    'error: ajax.codes.order: crm has no field emial (did you mean email?)',
  ]);
});

describe('of a sample', () => {
  const records = [
    { customer_id: '1', plz: '01067', email: 'Ann <ann@example.com>', ends: '31.12.2026' },
    { customer_id: '2', plz: '80331', email: 'bob@example.com; b@example.com', ends: '32.12.2026' },
    { customer_id: '3', plz: '1099', email: 'n/a', ends: '01.01.2027' },
  ];

  it('counts what looks wrong, and tells no value', async () => {
    const dates = new Map([['ends', 'DD.MM.YYYY']]);
    const said = await findings({ records, source: { dates } });
    expect(said).toEqual([
      'warning: sources.crm: ends has a date that cannot be read; it is not written as DD.MM.YYYY',
      'warning: sources.crm: plz has 1 of 3 values that are shorter than the others; if zeros in front of them were lost, export it as text',
      'warning: sources.crm: email has several addresses in 1 of 3 values; the first is inserted',
      'warning: sources.crm: email has more than a bare address in 1 of 3 values; the address is taken out of it',
      'warning: sources.crm: email has no mail address in 1 of 3 values',
    ]);
    expect(said.join()).not.toMatch(/example\.com|1099|32\.12/);
  });

  it('names fields of dates and kinds that are not there', async () => {
    const source = { dates: new Map([['end', 'DD.MM.YYYY']]), kinds: new Map([['kdnr', 'code'] as const]) };
    expect(await findings({ fields: FIELDS, records: records.slice(0, 1), source })).toEqual(
      expect.arrayContaining([
        'warning: sources.crm: dates names a field end, which no record has',
        'warning: sources.crm: kinds names a field kdnr, which it has not',
      ]),
    );
  });

  it('secrets in the file are told by their place', async () => {
    expect(await findings({ fields: FIELDS, more: { clearSecrets: ['sources.crm.password'] } })).toEqual([
      expect.stringMatching(/^warning: sources\.crm\.password: stands in the file/),
    ]);
  });
});
