/** What `check` says of match steps over several sources, and of what an address book highlights. */
import { describe, expect, it } from 'vitest';
import type { SourceField } from '../../../src/contract/index.ts';
import { steps } from '../../support/plans.ts';
import { FIELDS, findings } from './harness.ts';

const DIRECTORY: readonly SourceField[] = [{ name: 'customer_id', searchable: [] }, { name: 'mail' }];
const exact = (field: string) => [[{ field, parameter: 'email', match: 'exact' }]] as const;

describe('of the steps of several sources', () => {
  const others = { directory: DIRECTORY };

  it('nothing is said of a step that one of them can answer', async () => {
    const match = steps('email', 'mail=email');
    expect(await findings({ fields: FIELDS, others, lookup: { match } })).toEqual([]);
  });

  it('what is only looked through is said to find some, and not nobody', async () => {
    const fields: readonly SourceField[] = [
      { name: 'email', searchable: ['exact'], isLookedThrough: true },
      { name: 'last_name', searchable: [], isLookedThrough: true },
      { name: 'phone', searchable: [] },
    ];
    const of = async (...match: readonly string[]) => {
      const all = await findings({ fields, lookup: { match: steps('email', ...match) } });
      return all.filter((one) => one.includes('match[1]')).map((one) => one.replace(/^.*?match\[1\]: /, ''));
    };
    const some = 'finds some only: crm cannot be asked for this, and compares';
    expect(await of('last_name')).toEqual([`${some} last_name of some records only, the newest`]);
    expect(await of('email:contains')).toEqual([`${some} email of some records only, the newest`]);
    expect(await of('last_name:prefix')).toEqual([`${some} last_name of some records only, the newest`]);
    // Those that can be asked narrow it, or answer it.
    const two = [
      { parameter: 'email', field: 'email', match: 'exact' },
      { parameter: 'last_name', field: 'last_name', match: 'contains' },
    ] as const;
    expect(await findings({ fields, lookup: { match: [two] } })).not.toContainEqual(
      expect.stringContaining('match[0]'),
    );
    const other: readonly SourceField[] = [{ name: 'last_name' }];
    const match = steps('email', 'last_name');
    expect(await findings({ fields, others: { other }, lookup: { match } })).not.toContainEqual(
      expect.stringContaining('match[1]'),
    );
    expect(await of('phone')).toEqual([expect.stringMatching(/^finds nobody: crm has no field phone to search by/)]);
  });

  it('what takes a source long is said to be slow, unless another field narrows it', async () => {
    const fields: readonly SourceField[] = [
      { name: 'customer_id' },
      { name: 'email' },
      { name: 'last_name', isSlow: true },
    ];
    const both = [...steps('last_name'), [...steps('email'), ...steps('last_name')].flat()];
    expect(await findings({ fields, lookup: { match: [...steps('email'), ...both] } })).toEqual([
      expect.stringMatching(/match\[1\]: is slow: crm has no index of last_name; write it behind the quick steps/),
    ]);
  });

  it('there is one finding for a step that none can answer, with what each lacks', async () => {
    const match = steps('email', 'mail=email', 'emial');
    expect(await findings({ fields: FIELDS, others, lookup: { match } })).toEqual([
      'warning: lookups.default.match[2]: HelpSpot sends no emial (did you mean email?), so this step is never tried; ' +
        'finds nobody: crm has no field emial to search by (did you mean email?); ' +
        'directory has no field emial to search by',
    ]);
  });

  it('a source that can answer none is told, with why', async () => {
    expect(await findings({ fields: FIELDS, others, lookup: { match: steps('email', 'last_name:prefix') } })).toEqual([
      'warning: lookups.default.sources: directory can answer none of the match steps: ' +
        'directory has no field email to search by (did you mean mail?); ' +
        'directory has no field last_name to search by; write a step for it, or take it out',
    ]);
  });

  it('but not when the join asks it', async () => {
    const fields = [...FIELDS, { name: 'mail' }];
    expect(await findings({ fields, others, lookup: { match: steps('email'), mergeBy: ['mail'] } })).toEqual([]);
    expect(await findings({ fields, others, lookup: { match: steps('email'), mergeBy: ['customer_id'] } })).toEqual([
      expect.stringMatching(/directory can answer none .* directory has no field customer_id .*, as mergeBy would;/),
    ]);
  });

  it('a step for a source by its name is compared with that one', async () => {
    const of = (field: string) =>
      findings({ fields: FIELDS, others, lookup: { match: [...steps('mail=email'), ...exact(field)] } });
    expect(await of('crm.email')).toEqual([]);
    expect(await of('crm.emial')).toEqual([
      'warning: lookups.default.match[1]: finds nobody: crm has no field emial to search by (did you mean email?)',
      expect.stringContaining('lookups.default.sources: crm can answer none of the match steps'),
    ]);
    // All that there is, is for another.
    expect(await findings({ fields: FIELDS, others, lookup: { match: exact('crm.email') } })).toEqual([
      'warning: lookups.default.sources: directory can answer none of the match steps; write a step for it, or take it out',
    ]);
  });

  it('words are looked for in the sources that have one of the fields', async () => {
    const match = [...steps('mail=email'), [{ parameters: ['last_name'], words: ['email', 'nickname'] }]] as const;
    expect(await findings({ fields: FIELDS, others, lookup: { match } })).toEqual([
      'warning: lookups.default.match: no source of this lookup has a field nickname',
    ]);
  });
});

describe('of words', () => {
  const fields = ['customer_id', 'first_name', 'last_name', 'company'].map((name) => ({ name }));
  const of = (...parameters: readonly string[]) =>
    findings({
      fields,
      lookup: { match: [[{ parameters, words: ['first_name', 'last_name', 'company'] }]] },
    });

  it('nothing is said while one of their boxes is sent', async () => {
    expect(await of('first_name', 'last_name', 'company')).toEqual([]);
    expect(await of('company', 'Custom5')).toEqual([]);
  });

  it('it is said when none of them is', async () => {
    expect(await of('company', 'city')).toEqual([
      expect.stringContaining('HelpSpot sends no company, so this step is never tried'),
    ]);
  });
});

describe('of what an address book highlights', () => {
  const book = (field: string, match = 'exact' as const) => ({
    addressBook: { highlighted: [{ field, match, value: 'yes' }] },
  });

  it('a field that no source can be searched by is an error', async () => {
    expect(await findings({ fields: FIELDS, lookup: book('email') })).toEqual([]);
    expect(await findings({ fields: FIELDS, lookup: book('compani') })).toEqual([
      'error: lookups.default.addressBook.highlighted: finds nobody: crm has no field compani to search by',
    ]);
    expect(await findings({ fields: FIELDS, lookup: book('emial') })).toEqual([
      expect.stringContaining('did you mean email?'),
    ]);
    expect(await findings({ fields: FIELDS, lookup: book('company') })).toEqual([
      expect.stringContaining('crm has no field company to search by'),
    ]);
  });

  it('one that one of the sources has is enough', async () => {
    const others = { directory: [...DIRECTORY, { name: 'email' }, { name: 'vip' }] };
    expect(await findings({ fields: FIELDS, others, lookup: book('vip') })).toEqual([]);
  });
});
