/** What `check` says of a sample of a source's records, and of the fields that its settings name. */
import { describe, expect, it } from 'vitest';
import { FIELDS, findings } from './harness.ts';

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
      'warning: sources.crm: ends has dates that cannot be read in 1 of 3 values; they are not written as DD.MM.YYYY',
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
        'warning: sources.crm: dates names a field end, which it has not (did you mean ends?)',
        'warning: sources.crm: kinds names a field kdnr, which it has not',
      ]),
    );
  });

  it('of a source that does not say which fields it has, the sample decides', async () => {
    const source = {
      dates: new Map([
        ['ends', 'DD.MM.YYYY'],
        ['end', 'DD.MM.YYYY'],
      ]),
      kinds: new Map([['pls', 'code'] as const]),
    };
    const said = (await findings({ records: records.slice(0, 1), source })).filter((one) =>
      one.includes('names a field'),
    );
    expect(said).toEqual([
      'warning: sources.crm: dates names a field end, which none of 1 records has (did you mean ends?)',
      'warning: sources.crm: kinds names a field pls, which none of 1 records has (did you mean plz?)',
    ]);
    expect(await findings({ source })).toEqual([]);
  });

  it("names fields of an adapter's own list of dates that are not there", async () => {
    const settings = { dates: ['email', 'creatd', 7] };
    const fields = [...FIELDS, { name: 'created' }];
    expect(await findings({ fields, source: { settings } })).toEqual([
      'warning: sources.crm: dates names a field creatd, which it has not (did you mean created?)',
    ]);
  });

  it('codes of the kind of numbers may be of any length', async () => {
    const of = (kind: 'number' | 'code') =>
      findings({ records, source: { kinds: new Map([['plz', kind]]) } }).then((all) => all.join());
    expect(await of('code')).toContain('shorter than the others');
    expect(await of('number')).not.toContain('shorter than the others');
  });

  it('numbers that are counted up have lost no zeros when one digit more begins', async () => {
    const ids = ['9998', '9999', '10000', '10001', '10002', '10003', '10004'].map((customer_id) => ({ customer_id }));
    const said = async (...more: readonly string[]) =>
      (await findings({ records: [...ids, ...more.map((customer_id) => ({ customer_id }))] })).join();
    expect(await said()).not.toContain('shorter than the others');
    expect(await said('1099')).toContain('shorter than the others');
  });

  it('secrets in the file are told by their place', async () => {
    expect(await findings({ fields: FIELDS, more: { clearSecrets: ['sources.crm.password'] } })).toEqual([
      expect.stringMatching(/^warning: sources\.crm\.password: stands in the file/),
    ]);
  });
});
