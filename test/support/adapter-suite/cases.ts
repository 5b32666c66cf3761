/** What every adapter with a `find` must do. Each case can be run alone, which is how the suite itself is tested. */

import { expect } from 'vitest';
import {
  type Criterion,
  LONGEST_SOUGHT,
  type MatchKind,
  type Order,
  type Source,
  textOf,
} from '../../../src/contract/index.ts';
import { insertableText } from '../../../src/helpspot/insertable.ts';
import { failureOf } from '../failure-of.ts';
import { expectOptions } from './ajax.ts';
import { expectAway, expectNoTimers, timersOf } from './endings.ts';
import { injectionCorpus, type SuiteCustomer, suiteCustomers, suiteFields } from './seed.ts';
import { expectRefusesUnknown, withoutDescription } from './settings.ts';
import {
  abortIn,
  contextOf,
  endingOf,
  expectContractValue,
  expectFound,
  expectFoundAs,
  expectGivenUp,
  find,
  findWords,
  idsOf,
  is,
  type SuiteSubject,
} from './subject.ts';
import { isLeftOut } from './trace.ts';

const PARTIAL: readonly MatchKind[] = ['prefix', 'contains'];
/** A call has reached the system by then. */
const SILENT_FOR_MS = 100;
const ALL_FOUND = is('last_name', 'Smith');
const ascending = (field: string): Order => ({ field, descending: false });
const descending = (field: string): Order => ({ field, descending: true });

/** As people, telephone systems and HelpSpot write the numbers of the seed; without a country that is set. */
const PHONE_SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  C1002: [
    '+12125550100',
    '1-212-555-0100',
    '212.555.0100',
    '001 212 555 0100',
    'tel:+1-212-555-0100',
    '(212) 555-0100 x7',
  ],
  C1003: ['+41445550102', '0041 44 555 01 02', '+41 (0)44 555 01 02', '044 555 01 02', '\uff10\uff14\uff14 5550102'],
  C1006: ['+33170189900', '+33 (0)1 70 18 99 00', '01 70 18 99 00'],
  C1011: ['024 3555 0123', '+842435550123;ext=3'],
};

const MAIL_SPELLINGS = [
  'Bob Smith <bob.smith@example.com>',
  'mailto:bob.smith@example.com',
  'bob.smith@example.com;',
  'nobody@example.com; BOB.SMITH@example.com',
  '\u200bbob.smith@example.com\u200e',
];

const NAME_SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  C1003: ['Mueller', 'MU\u0308LLER', 'Mu\u0308ller', 'M\u00fc\u200bller'],
  C1005: ['O\u2019Brien', 'o\u02bcbrien', 'O\u00b4Brien'],
  C1008: ['Oersted', '\u00f8rsted'],
  C1009: ['Weiss', 'weiß'],
  C1010: ['Nu\u0301n\u0303ez'],
};

const WORDS: readonly (readonly [text: string, ...ids: readonly string[]])[] = [
  ['Smith Bob', 'C1001', 'C1002'],
  ['acme  anna', 'C1031', 'C1032'],
  ['Söhne, Müller', 'C1003'],
  ['Brien Sinéad', 'C1005'],
  ['Smith Zoë'],
];

/** The cases by their names, which are the keys of `skip`. */
export const adapterCases = {
  'has a name, a title, and settings that refuse an unknown key': async ({ adapter, source, given }) => {
    expect(adapter.name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(adapter.title.trim(), 'the title').not.toBe('');
    expectRefusesUnknown(adapter, given);
    expect(source.check).toBeTypeOf('function');
    expect(source.find, 'find: this suite is for sources that can be searched').toBeTypeOf('function');
  },

  'describes each of its settings': async ({ adapter }) => {
    expect(withoutDescription(adapter), 'settings without .describe("…")').toEqual([]);
  },

  'check succeeds': async ({ source }) => {
    await source.check(contextOf());
  },

  'finds every customer by every field': async ({ source }) => {
    for (const customer of suiteCustomers) {
      for (const field of suiteFields) {
        const value = customer[field];
        if (value !== undefined) await expectFound(source, is(field, value));
      }
    }
  },

  'returns the values as they are in the system': async ({ source }) => {
    for (const customer of suiteCustomers) {
      const [record] = await find(source, [is('customer_id', customer.customer_id)]);
      const values = Object.fromEntries(suiteFields.map((field) => [field, textOf(record?.[field])]));
      const wanted = Object.fromEntries(suiteFields.map((field) => [field, customer[field] ?? '']));
      expect(values).toEqual(wanted);
    }
  },

  'records hold values of the contract, and no field that is unknown': async ({ source }) => {
    const named = new Set((await source.fields?.(contextOf()))?.map(({ name }) => name));
    for (const { customer_id } of suiteCustomers) {
      for (const record of await find(source, [is('customer_id', customer_id)])) {
        for (const [field, value] of Object.entries(record)) {
          if (value === undefined) continue;
          expectContractValue(value, `${customer_id} ${field}`);
          if (source.fields !== undefined)
            expect([...named], 'what fields() names, of the fields of records').toContain(field);
        }
      }
    }
  },

  'exact means the whole value': async ({ source }) => {
    await expectFoundAs(source, is('last_name', 'Smith'), 'C1001', 'C1002');
    await expectFoundAs(source, is('last_name', 'Smit'));
    await expectFoundAs(source, is('customer_id', '1001'));
    await expectFoundAs(source, is('email', 'smith@example.com'));
  },

  'exact ignores case': async ({ source }) => {
    await expectFoundAs(source, is('email', 'BOB.Smith@EXAMPLE.com'), 'C1001');
    await expectFoundAs(source, is('customer_id', 'c1003'), 'C1003');
    await expectFoundAs(source, is('last_name', "o'brien"), 'C1005');
  },

  'ignores space around the value': async ({ source }) => {
    await expectFoundAs(source, is('email', '  bob.smith@example.com '), 'C1001');
  },

  'names ignore accents': async ({ source }) => {
    await expectFoundAs(source, is('last_name', 'muller'), 'C1003');
    await expectFoundAs(source, is('last_name', 'Zolc'), 'C1007');
    await expectFoundAs(source, is('last_name', 'Orsted'), 'C1008');
    await expectFoundAs(source, is('last_name', 'Nunez'), 'C1010');
    await expectFoundAs(source, is('last_name', 'WEISS'), 'C1009');
    await expectFoundAs(source, is('first_name', 'Sinead'), 'C1005');
    await expectFoundAs(source, is('last_name', 'Smíth'), 'C1001', 'C1002');
  },

  'telephones compare by their digits': async ({ source }) => {
    await expectFoundAs(source, is('phone', '845-555-4278'), 'C1001');
    await expectFoundAs(source, is('phone', '8455554278'), 'C1001');
    await expectFoundAs(source, is('phone', '+41 (44) 555.0102'), 'C1003');
    await expectFoundAs(source, is('phone', '353 1 555 0199'), 'C1005');
  },

  'telephones are found however they are written': async ({ source }) => {
    for (const [id, spellings] of Object.entries(PHONE_SPELLINGS)) {
      for (const value of spellings) await expectFoundAs(source, is('phone', value), id);
    }
    await expectFoundAs(source, is('phone', '+43 44 555 01 02'));
  },

  'telephones without a country are those of the country that is set': async ({ source }) => {
    await expectFoundAs(source, { ...is('phone', '+49 30 5550188'), country: 'DE' }, 'C1009');
    await expectFoundAs(source, { ...is('phone', '030 55501-88'), country: 'DE' }, 'C1009');
    await expectFoundAs(source, { ...is('phone', '044 555 01 02'), country: 'CH' }, 'C1003');
    await expectFoundAs(source, { ...is('phone', '845.555.4278'), country: 'US' }, 'C1001');
    await expectFoundAs(source, { ...is('phone', '+33 30 5550188'), country: 'DE' });
  },

  'mail addresses are found however they are written': async ({ source }) => {
    for (const value of MAIL_SPELLINGS) await expectFoundAs(source, is('email', value), 'C1001');
  },

  'names are found however they are written': async ({ source }) => {
    for (const [id, spellings] of Object.entries(NAME_SPELLINGS)) {
      for (const value of spellings) await expectFoundAs(source, is('last_name', value), id);
    }
  },

  'what is shown, sent back, finds the same customer': async ({ source }) => {
    for (const customer of suiteCustomers) {
      const [record] = await find(source, [is('customer_id', customer.customer_id)]);
      for (const field of suiteFields) {
        const shown = textOf(record?.[field]);
        if (shown === '' || shown.length > LONGEST_SOUGHT || isLeftOut(source, field)) continue;
        // As it is stored it was sought above, with every other.
        if (shown === customer[field]) continue;
        expect(idsOf(await find(source, [is(field, shown)])), `${field} ${shown}`).toContain(customer.customer_id);
      }
    }
  },

  'a value with markup is found by what HelpSpot inserts of it': async ({ source }) => {
    for (const customer of suiteCustomers) {
      for (const field of suiteFields) {
        const stored = customer[field] ?? '';
        if (!stored.includes('<') || isLeftOut(source, field)) continue;
        const inserted = insertableText({ kind: 'text', text: stored }, (html) => html).trim();
        expect(idsOf(await find(source, [is(field, inserted)])), `${field} ${inserted}`).toContain(
          customer.customer_id,
        );
      }
    }
  },

  'each word is found in one of several fields': async ({ source, adapter }) => {
    for (const [text, ...ids] of WORDS) {
      const found = await findWords(source, adapter, text, ['first_name', 'last_name', 'company']);
      expect(idsOf(found).sort(), text).toEqual(ids);
    }
  },

  'a telephone without a digit finds nobody': async ({ source }) => {
    await expectFoundAs(source, is('phone', 'n/a'));
  },

  'finds by prefix': async ({ source }) => {
    await expectFoundAs(source, { field: 'last_name', match: 'prefix', value: 'Smith' }, 'C1001', 'C1002', 'C1031');
    await expectFoundAs(source, { field: 'email', match: 'prefix', value: 'anna.' }, 'C1031', 'C1032');
    await expectFoundAs(source, { field: 'email', match: 'prefix', value: 'smith' });
  },

  'finds by a part of the value': async ({ source }) => {
    await expectFoundAs(source, { field: 'email', match: 'contains', value: 'smith@' }, 'C1001', 'C1002');
    await expectFoundAs(source, { field: 'last_name', match: 'contains', value: 'ith' }, 'C1001', 'C1002', 'C1031');
    await expectFoundAs(source, { field: 'company', match: 'contains', value: '🚀' }, 'C1015');
  },

  'all criteria must be met': async ({ source }) => {
    await expectFound(source, is('first_name', 'Bob'), is('last_name', 'Smith'));
    await expectFound(source, is('first_name', 'Bob'), is('email', 'robert.smith@example.org'));
    await expectFound(source, is('first_name', 'Anna'), is('last_name', 'Smith'));
    await expectFound(source, is('first_name', 'Anna'), { field: 'last_name', match: 'prefix', value: 'Smi' });
    await expectFound(source, { field: 'company', match: 'contains', value: 'acme' }, is('last_name', 'Smythe'));
    await expectFound(source, is('first_name', 'Bob'), is('last_name', 'Smith'), is('phone', '+1 212 555 0100'));
  },

  'nothing found is an empty list': async ({ source }) => {
    expect(await find(source, [is('email', 'nobody@example.net')])).toEqual([]);
    expect(await find(source, [ALL_FOUND, is('email', 'nobody@example.net')])).toEqual([]);
  },

  'the limit is kept': async ({ source }) => {
    expect(
      await find(source, [ALL_FOUND], { limit: 1 }),
      '`limit` of the query is the most that is given',
    ).toHaveLength(1);
    const wide: Criterion = { field: 'email', match: 'contains', value: 'example' };
    for (const limit of [1, 2, 7]) expect(await find(source, [wide], { limit })).toHaveLength(limit);
    // Who asks the system for as many as are wanted, and compares then, misses those behind.
    const both = [is('company', 'Acme, Inc.'), is('last_name', 'Smythe')];
    const one = idsOf(await find(source, both, { limit: 1 }));
    expect(one, 'one customer by two criteria: let more candidates come than are wanted').toEqual(['C1032']);
  },

  'the order is stable': async ({ source }) => {
    const company = is('company', 'Acme, Inc.');
    const all = idsOf(await find(source, [company]));
    expect(all).toHaveLength(3);
    for (const limit of [1, 2, 3]) expect(idsOf(await find(source, [company], { limit }))).toEqual(all.slice(0, limit));
  },

  'finds in the order that is asked for, before the limit': async ({ source }) => {
    const ordered = async (criteria: readonly Criterion[], limit: number, ...order: readonly Order[]) =>
      idsOf(await find(source, criteria, { limit, order }));
    const last = suiteCustomers.map(({ customer_id }) => customer_id).toReversed();
    for (const limit of [1, 3, 100]) {
      expect(await ordered([], limit, descending('customer_id'))).toEqual(last.slice(0, limit));
      expect(await ordered([], limit, ascending('customer_id'))).toEqual(last.toReversed().slice(0, limit));
    }
    const smiths: Criterion = { field: 'last_name', match: 'prefix', value: 'Sm' };
    const byName = ['C1032', 'C1031', 'C1001', 'C1002'];
    const byNameAndMail = [descending('last_name'), ascending('email')];
    for (const limit of [1, 2, 4])
      expect(await ordered([smiths], limit, ...byNameAndMail)).toEqual(byName.slice(0, limit));
    expect(await ordered([smiths], 4, ascending('last_name'), descending('email'))).toEqual(byName.toReversed());
    // One who may be written otherwise has his place among the others.
    expect(await ordered([is('phone', '2125550100'), smiths], 4, ascending('email'))).toEqual(['C1002']);
    expect(await ordered([is('company', 'Acme, Inc.')], 4, descending('last_name'))).toEqual([
      'C1032',
      'C1031',
      'C1002',
    ]);
    // Who has no value comes last in both directions.
    for (const direction of [ascending, descending]) {
      expect(await ordered([is('last_name', 'Person')], 2, direction('email'))).toEqual(['C1029', 'C1028']);
      expect(await ordered([is('last_name', 'Person')], 2, direction('phone'))).toEqual(['C1028', 'C1029']);
      const all = await ordered([], 100, direction('email'));
      expect(all).toHaveLength(suiteCustomers.length);
      expect(all.slice(-2).sort()).toEqual(['C1028', 'C1030']);
    }
    expect(await ordered([], 1, ascending('email'))).toEqual(['C1031']);
    expect(await ordered([], 1, descending('email'))).toEqual(['C1004']);
  },

  'hostile values mean nothing but themselves': async ({ source }) => {
    const fields = ['customer_id', 'last_name', 'email', 'company'];
    for (const [at, value] of injectionCorpus.entries()) {
      for (const field of halfOf(fields, at)) await expectFound(source, is(field, value));
    }
    await expectFoundAs(source, ALL_FOUND, 'C1001', 'C1002');
  },

  'hostile values mean nothing but themselves in a prefix or a part': async ({ source }) => {
    const ways = PARTIAL.flatMap((match) => ['email', 'company'].map((field) => ({ field, match })));
    for (const [at, value] of injectionCorpus.entries()) {
      for (const way of halfOf(ways, at)) await expectFound(source, { ...way, value });
    }
  },

  'without criteria lists all records, in a stable order': async ({ source }) => {
    const all = idsOf(await find(source, []));
    expect([...all].sort()).toEqual(suiteCustomers.map(({ customer_id }) => customer_id).sort());
    for (const limit of [1, 2, 7]) expect(idsOf(await find(source, [], { limit }))).toEqual(all.slice(0, limit));
  },

  'serves an AJAX selection field': async (subject) => {
    const typed = (text: string) => ({ Custom9: text, callingField: 'Custom9' });
    await expectOptions(subject, typed('smith'), { C1001: 'Bob Smith', C1002: 'Bob Smith' });
    await expectOptions(subject, typed('Anna.Smythe@example.com'), { C1032: 'Anna Smythe' });
    const customer = { Custom1: 'Smith', sEmail: 'bob.smith@example.com' };
    await expectOptions(subject, { ...customer, ...typed('smith') }, { C1001: 'Bob Smith' });
    await expectOptions(
      subject,
      { ...customer, ...typed('*)(%_') },
      { '': 'Nothing found for "*)(%_"; try another text' },
    );
  },

  'a signal that has aborted rejects promptly': async ({ source, promptMs }) => {
    const signal = AbortSignal.abort(new Error('the caller has gone'));
    await expectGivenUp('find', find(source, [ALL_FOUND], { signal }), promptMs);
    await expectGivenUp('check', source.check(contextOf(signal)), promptMs);
  },

  'an abort ends a search under way, and harms no other': async ({ source, promptMs }) => {
    const controller = new AbortController();
    const given = endingOf(find(source, [ALL_FOUND], { signal: controller.signal }), promptMs);
    const other = find(source, [is('email', 'zoe@example.co.uk')]);
    controller.abort(new Error('the caller has gone'));
    // A source that had its answer already may give it.
    expect(await given, `a search ${promptMs} ms after its signal aborted`).not.toBe('still waiting');
    expect(idsOf(await other)).toEqual(['C1004']);
    await expectFoundAs(source, ALL_FOUND, 'C1001', 'C1002');
  },

  'a system that falls silent is given up when the signal aborts': async ({ openAnother, outage, promptMs }) => {
    const source = await openAnother();
    try {
      await find(source, [ALL_FOUND]);
      await outage?.silence?.();
      const controller = new AbortController();
      const calls = {
        find: find(source, [is('email', 'zoe@example.co.uk')], { signal: controller.signal }),
        check: source.check(contextOf(controller.signal)),
      };
      await abortIn(SILENT_FOR_MS, controller, Object.values(calls));
      for (const [what, call] of Object.entries(calls)) {
        expect(await endingOf(call, promptMs), `${what} of a silent system, after its signal aborted`).toBe('rejected');
      }
      await outage?.end();
      await expectFoundAs(source, ALL_FOUND, 'C1001', 'C1002');
    } finally {
      await outage?.end();
      await source.close?.();
    }
  },

  'searches side by side do not mix': async ({ source }) => {
    const withMail = suiteCustomers.filter(
      (customer): customer is SuiteCustomer & { email: string } => 'email' in customer,
    );
    const found = await Promise.all(withMail.map(({ email }) => find(source, [is('email', email)])));
    expect(found.map(idsOf)).toEqual(withMail.map(({ customer_id }) => [customer_id]));
  },

  'closes in order, used or not': async ({ openAnother, outage, promptMs }) => {
    const before = outage?.connections?.() ?? 0;
    const timers = timersOf();
    const unused = await openAnother();
    await unused.close?.();
    const used = await openAnother();
    await find(used, [ALL_FOUND]);
    await used.close?.();
    const open = () => outage?.connections?.() ?? 0;
    await expect
      .poll(open, { timeout: promptMs, message: 'connections that close() has left' })
      .toBeLessThanOrEqual(before);
    await expectNoTimers(timers, promptMs);
  },

  'a system that is away is a SourceError, and found again when it is back': async ({ openAnother, outage }) => {
    if (outage === undefined) throw new Error('the suite was given no `outage`');
    await outage.begin();
    let source: Source | undefined;
    const attempt = async () => {
      source ??= await openAnother();
      return await find(source, [ALL_FOUND]);
    };
    try {
      expectAway(await failureOf(attempt()), 'find');
      expectAway(await failureOf(source?.check(contextOf())), 'check');
      await outage.end();
      expect(idsOf(await attempt()).sort()).toEqual(['C1001', 'C1002']);
    } finally {
      await outage.end();
      await source?.close?.();
    }
  },
} satisfies Readonly<Record<string, (subject: SuiteSubject) => Promise<void>>>;

/** A key of {@link adapterCases}. */
export type AdapterCaseName = keyof typeof adapterCases;

/** Two of four, others with each turn: all of them take a source that asks over HTTP for a quarter of a minute. */
function halfOf<Item>(items: readonly Item[], turn: number): readonly Item[] {
  return items.filter((_, at) => (at + turn) % 4 < 2);
}
