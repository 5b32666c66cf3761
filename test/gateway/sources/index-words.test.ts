/** What staff read when an index stands in, above all when it has nobody: never that there is none. */
import { describe, expect, it } from 'vitest';
import type { AjaxPlan } from '../../../src/gateway/ajax/plan.ts';
import type { IndexPlan } from '../../../src/gateway/sources/customer-index.ts';
import { writeLookup } from '../../../src/helpspot/lookup-xml.ts';
import {
  away,
  filled,
  type IndexedOptions,
  indexedGateway,
  listing,
  look,
  newFile,
  until,
} from '../../support/indexed-gateway.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { memorySource, steps } from '../../support/plans.ts';

const RARELY = { everyMs: 600_000, fullMs: 600_000 };
const WHEN = /from \d\d:\d\d, (?:a moment|\d seconds?) ago/;

async function opened(index: Partial<Omit<IndexPlan, 'shape'>> = {}, more: IndexedOptions = {}) {
  const system = listing();
  const file = await newFile();
  const { gateway } = indexedGateway(system, file, { ...more, index: { ...RARELY, ...index } });
  await filled(file);
  const said = async (parameters: Record<string, string>) => {
    const { names, notices, failure } = await look(gateway, parameters);
    expect(failure).toBeUndefined();
    return { names, said: notices.map((one) => one.replace(/ \(ref \w+\)$/, '').replace(WHEN, 'from THEN')) };
  };
  return { system, gateway, said };
}

describe('a lookup that finds nobody in an index', () => {
  it('says that the system failed or rests, and that only its copy was searched', async () => {
    const { system, gateway, said } = await opened();
    expect(await said({ name: 'Nobody' })).toEqual({ names: [], said: [] });
    system.error = away;
    expect(await said({ name: 'Nobody' })).toEqual({
      names: [],
      said: ['crm did not answer; nobody was found in its copy from THEN'],
    });
    await until(() => gateway.rests().get('crm') !== undefined || said({ name: 'N' }).then(() => false), 'its rest');
    const since =
      /^crm has not answered since \d\d:\d\d; it is asked again in [^;]*; nobody was found in its copy from THEN$/;
    expect((await said({ name: 'Nobody' })).said).toEqual([expect.stringMatching(since)]);
    // HelpSpot would write "No customers found" over an empty answer.
    const { answer } = await gateway.lookup({ lookup: 'default', parameters: { name: 'Nobody' } });
    expect(await writeLookup(answer ?? { columns: [], customers: [], notices: [] })).toMatch(
      /<lookup_error>crm has .*nobody was found in its copy from/s,
    );
  });

  it('says it also where the system hangs, alone or beside another that answers', async () => {
    const alone = await opened({}, { deadlineMs: 600 });
    alone.system.hangs = true;
    expect(await alone.said({ name: 'Nobody' })).toEqual({
      names: [],
      said: ['crm did not answer in time; nobody was found in its copy from THEN'],
    });
    const other = memorySource('erp', memorySystem([{ id: '9', name: 'Nobody' }]));
    const beside = await opened({}, { others: [other], lookup: { sources: ['crm', 'erp'], patienceMs: 50 } });
    beside.system.hangs = true;
    expect(await beside.said({ name: 'Nobody' })).toEqual({
      names: ['Nobody'],
      said: ['crm has not answered yet; nobody was found in its copy from THEN'],
    });
  });

  it('says it where the index was not brought up to date, or the system was asked in vain for whom it does not have', async () => {
    const old = await opened({ use: 'always', everyMs: 100, fullMs: 100 });
    old.system.error = away;
    await until(async () => (await old.said({ name: 'Nobody' })).said.length > 0, 'its age');
    expect((await old.said({ name: 'Nobody' })).said).toEqual([
      'crm has not been read again; nobody was found in its copy from THEN',
    ]);
    const live = await opened({ use: 'always', miss: 'live' });
    live.system.error = away;
    expect((await live.said({ name: 'Nobody' })).said).toEqual([
      'crm did not answer; nobody was found in its copy from THEN',
    ]);
    expect(await live.said({ name: 'Max Müller' })).toEqual({ names: ['Max Müller'], said: [] });
  });

  it('says once how old whom it found is, though it had nobody at an earlier step', async () => {
    const { system, said } = await opened();
    system.error = away;
    expect(await said({ email: 'nobody@example.com', phone: '030 12345', name: 'Nobody' })).toEqual({
      names: ['Max Müller'],
      said: ['crm did not answer; this is from THEN'],
    });
  });
});

describe('what is made of an index that finds nothing', () => {
  const PEOPLE: AjaxPlan = {
    ...{ name: 'people', source: 'crm', where: [], description: '{{name}}', group: undefined, encoding: 'utf-8' },
    ...{ before: [], after: [], order: [], limit: 10, value: { kind: 'template', template: '{{id}}' } },
    search: { fields: ['name'], match: 'contains', minimum: 1 },
  };
  const desk = memorySource(
    'desk',
    memorySystem([
      { id: '7', name: 'Ticket', owner: '2' },
      { id: '8', name: 'Old', owner: '99' },
    ]),
  );

  const breaker = { failures: 100, retryMs: 5_000, longestMs: 60_000 };

  it('in a selection field, also of names, is told as what it is', async () => {
    const tickets: AjaxPlan = {
      ...{ ...PEOPLE, name: 'tickets', source: 'desk', description: '{{name}} of {{owner}}' },
      names: [{ field: 'owner', source: 'crm', by: 'id', as: 'name' }],
    };
    const { system, gateway } = await opened(
      {},
      { ajax: [PEOPLE, tickets], others: [desk], deadlineMs: 800, source: { breaker } },
    );
    const options = async (field: string, text: string) => {
      const { answer, failure } = await gateway.ajax({ field, parameters: { Custom1: text, callingField: 'Custom1' } });
      expect(failure).toBeUndefined();
      return answer?.options.map(({ description }) => description.replace(WHEN, 'from THEN'));
    };
    expect(await options('people', 'nobody')).toEqual(['Nothing found for "nobody"; try another text']);
    for (const fault of [{ error: away }, { error: undefined, hangs: true }]) {
      Object.assign(system, fault);
      const words = fault.hangs ? 'crm did not answer in time' : 'crm did not answer';
      expect(await options('people', 'nobody')).toEqual([`${words}; nothing was found in its copy from THEN`]);
      expect(await options('people', 'mueller')).toEqual(['Max Müller', `${words}; this is from THEN`]);
      expect(await options('tickets', 'ticket')).toEqual(['Ticket of Anna Schmidt', `${words}; this is from THEN`]);
      expect(await options('tickets', 'old')).toEqual([
        'Old of 99',
        `${words}; nothing was found in its copy from THEN`,
      ]);
    }
  });

  it('as related records is none, as of then, and not unknown', async () => {
    const people = {
      ...{ name: 'people', source: 'crm', except: [], order: [], limit: 5, optional: false },
      patienceMs: 100,
    };
    const related = [{ ...people, where: [{ field: 'id', value: '{{owner}}' }] }];
    const field = { element: 'count', content: { kind: 'count', related: 'people' } as const, visibleTo: undefined };
    const lookup = { sources: ['desk'], match: steps('name'), related, fields: [field] };
    const { system, gateway } = await opened({}, { others: [desk], lookup });
    const count = async (name: string) => {
      const { answer } = await gateway.lookup({ lookup: 'default', parameters: { name } });
      return [answer?.customers[0]?.[0]?.content, ...(answer?.notices ?? [])].map((one) =>
        typeof one === 'string'
          ? one.replace(WHEN, 'from THEN').replace(/ \(ref .*/, '')
          : Reflect.get(Object(one), 'text'),
      );
    };
    for (const [fault, words] of [
      [{ error: away }, 'crm did not answer'],
      [{ error: undefined, hangs: true }, 'crm has not answered yet'],
    ] as const) {
      Object.assign(system, fault);
      expect(await count('Old')).toEqual(['0', `${words}; nothing was found in its copy from THEN`]);
      expect(await count('Ticket')).toEqual(['1', `${words}; this is from THEN`]);
    }
  });
});
