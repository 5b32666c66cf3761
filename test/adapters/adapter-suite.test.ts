/** The suite itself: a good adapter passes every case, and each kind of mistake fails the case that is there for it. */

import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  type Adapter,
  type CallContext,
  type Criterion,
  defineAdapter,
  type FindQuery,
  inOrder,
  meets,
  type Source,
  SourceError,
  type SourceRecord,
  textOf,
  untilAborted,
} from '../../src/contract/index.ts';
import { skipOf } from '../support/adapter-suite/skips.ts';
import {
  type AdapterCaseName,
  adapterCases,
  caseNames,
  openSubject,
  suiteCustomers,
} from '../support/adapter-suite.ts';
import { failureOf } from '../support/failure-of.ts';

const IN_ORDER: AdapterCaseName = 'finds in the order that is asked for, before the limit';

const records: readonly SourceRecord[] = suiteCustomers.map((customer) => ({ ...customer }));

let away = false;
let silent = false;
let connections = 0;
const outage = {
  begin: () => {
    away = true;
  },
  end: () => {
    away = false;
    silent = false;
  },
  silence: () => {
    silent = true;
  },
  connections: () => connections,
};

const isAway = () => new SourceError('unreachable', 'the memory is away', { remedy: 'bring it back' });
const goodSource: Source = {
  async check({ signal }) {
    if (away) throw isAway();
    signal.throwIfAborted();
    if (silent) await untilAborted(new Promise(() => undefined), signal);
  },
  async find({ criteria, order = [], limit }, { signal }) {
    if (away) throw isAway();
    signal.throwIfAborted();
    if (silent) await untilAborted(new Promise(() => undefined), signal);
    const found = records.filter((record) => criteria.every((one) => meets(record, one)));
    return inOrder(found, order).slice(0, limit);
  },
  findsInOrder: true,
};

function adapterOf(source: Source, settings: Adapter['settings'] = z.strictObject({}), name = 'memory'): Adapter {
  return defineAdapter({ name, title: 'Memory', settings, open: () => source });
}

async function runCase(name: AdapterCaseName, adapter: Adapter): Promise<void> {
  [away, silent, connections] = [false, false, 0];
  const given = { url: 'http://127.0.0.1' };
  // Settings that the good adapter has none of.
  const settings = () => (adapter.settings.safeParse({}).success ? {} : given);
  const subject = await openSubject({ name: 'memory', adapter, settings, outage, promptMs: 300 });
  await adapterCases[name](subject);
}

type Find = (query: FindQuery, context: CallContext) => Promise<readonly SourceRecord[]>;
const goodFind: Find = async (query, context) => (await goodSource.find?.(query, context)) ?? [];

/** A source that asks the good one another question, or changes its answer. */
function finding(find: Find): Adapter {
  return adapterOf({ ...goodSource, find });
}

function digitsOf(text: string): string {
  return text.replace(/\D+/g, '');
}

function answering(change: (record: SourceRecord) => Record<string, unknown>): Adapter {
  return finding(async (query, context) => {
    const found = await goodFind(query, context);
    // What no type checker would let through, an adapter can still send.
    return JSON.parse(JSON.stringify(found.map(change)));
  });
}

describe('the adapter suite', () => {
  it.each(caseNames())('passes a good adapter: %s', async (name) => {
    await runCase(name, adapterOf(goodSource));
  });

  it('has a seed with all that makes trouble', () => {
    const text = JSON.stringify(suiteCustomers);
    for (const trouble of [
      "'",
      '\\"',
      '&',
      ';',
      ',',
      '*',
      '(',
      ')',
      '\\\\',
      '%',
      '_',
      'ü',
      'ß',
      '太',
      '🚀',
      '<',
      '{{',
    ]) {
      expect(text).toContain(trouble);
    }
    expect(new Set(suiteCustomers.map(({ customer_id }) => customer_id)).size).toBe(suiteCustomers.length);
    expect(suiteCustomers.some(({ email }) => email === undefined)).toBe(true);
  });

  const wrong: readonly (readonly [mistake: string, adapter: Adapter, fails: AdapterCaseName])[] = [
    [
      'has a name that is no word of a configuration',
      adapterOf(goodSource, z.strictObject({}), 'My System'),
      'has a name, a title, and settings that refuse an unknown key',
    ],
    [
      'accepts any setting',
      adapterOf(goodSource, z.looseObject({})),
      'has a name, a title, and settings that refuse an unknown key',
    ],
    [
      'accepts any setting beside one that must be there',
      adapterOf(goodSource, z.looseObject({ url: z.string().describe('Where it is.') })),
      'has a name, a title, and settings that refuse an unknown key',
    ],
    [
      'leaves out the description of a setting within another',
      adapterOf(
        goodSource,
        z.strictObject({ tls: z.strictObject({ ca: z.string().optional() }).optional().describe('TLS.') }),
      ),
      'describes each of its settings',
    ],
    [
      'waits for a silent system although its signal has aborted',
      finding((query, context) => (silent ? new Promise<never>(() => undefined) : goodFind(query, context))),
      'a system that falls silent is given up when the signal aborts',
    ],
    [
      'waits for a silent system in its check',
      adapterOf({ ...goodSource, check: () => (silent ? new Promise<never>(() => undefined) : Promise.resolve()) }),
      'a system that falls silent is given up when the signal aborts',
    ],
    [
      'has a check that does not look at its signal',
      adapterOf({ ...goodSource, check: () => new Promise<never>(() => undefined) }),
      'a signal that has aborted rejects promptly',
    ],
    [
      'has a close that leaves its connections',
      finding((query, context) => {
        connections += 1;
        return goodFind(query, context);
      }),
      'closes in order, used or not',
    ],
    [
      'has a check that fails',
      adapterOf({ ...goodSource, check: () => Promise.reject(new SourceError('unreachable', 'no')) }),
      'check succeeds',
    ],
    ['finds nobody', finding(async () => []), 'finds every customer by every field'],
    ['finds everybody', finding(async () => records), 'nothing found is an empty list'],
    [
      'leaves a field out',
      answering(({ company: _, ...rest }) => rest),
      'returns the values as they are in the system',
    ],
    [
      'trims the values to a width',
      answering((record) => ({ ...record, company: record['company']?.toString().slice(0, 255) })),
      'returns the values as they are in the system',
    ],
    [
      'returns null for what is unknown',
      answering((record) => ({ email: null, phone: null, ...record })),
      'records hold values of the contract, and no field that is unknown',
    ],
    [
      'returns an empty text for what is unknown',
      answering((record) => ({ email: '', ...record })),
      'records hold values of the contract, and no field that is unknown',
    ],
    [
      'gives links that run a script',
      answering((record) => ({ ...record, page: { href: 'javascript:alert(1)', text: 'Page' } })),
      'records hold values of the contract, and no field that is unknown',
    ],
    [
      'returns nested objects',
      answering((record) => ({ ...record, address: { city: 'Bern' } })),
      'records hold values of the contract, and no field that is unknown',
    ],
    [
      'takes exact for prefix',
      finding((query, context) =>
        goodFind({ ...query, criteria: query.criteria.map((one) => ({ ...one, match: 'prefix' })) }, context),
      ),
      'exact means the whole value',
    ],
    [
      'compares the case',
      finding(async (query, context) =>
        (await goodFind(query, context)).filter((record) =>
          query.criteria.every(
            ({ field, match, value }) => match !== 'exact' || String(record[field]).includes(value.slice(0, 1)),
          ),
        ),
      ),
      'exact ignores case',
    ],
    [
      'compares the space around the value',
      finding(async (query, context) =>
        query.criteria.some(({ value }) => value.trim() !== value) ? [] : goodFind(query, context),
      ),
      'ignores space around the value',
    ],
    [
      'compares names with accents',
      finding(async (query, context) =>
        (await goodFind(query, context)).filter((record) =>
          query.criteria.every(
            ({ field, match, value }) =>
              match !== 'exact' ||
              field === 'phone' ||
              String(record[field]).toLowerCase() === value.trim().toLowerCase(),
          ),
        ),
      ),
      'names ignore accents',
    ],
    [
      'compares telephones as they are written',
      finding(async (query, context) =>
        (await goodFind(query, context)).filter((record) =>
          query.criteria.every(({ field, value }) => field !== 'phone' || record['phone'] === value),
        ),
      ),
      'telephones compare by their digits',
    ],
    [
      'finds those without a telephone by one without digits',
      finding(async (query, context) =>
        query.criteria.some(({ field, value }) => field === 'phone' && !/\d/.test(value))
          ? records
          : goodFind(query, context),
      ),
      'a telephone without a digit finds nobody',
    ],
    [
      'compares the digits of telephones only',
      finding(async (query, context) =>
        (await goodFind(query, context)).filter((record) =>
          query.criteria.every(
            ({ field, value }) => field !== 'phone' || digitsOf(textOf(record['phone'])) === digitsOf(value),
          ),
        ),
      ),
      'telephones are found however they are written',
    ],
    [
      'does not look at the country that is set',
      finding((query, context) =>
        goodFind({ ...query, criteria: query.criteria.map((one) => ({ ...one, country: undefined })) }, context),
      ),
      'telephones without a country are those of the country that is set',
    ],
    [
      'compares mail addresses as they were typed',
      finding((query, context) => {
        const asText = (one: Criterion) => (one.field === 'email' ? ({ ...one, kind: 'text' } as const) : one);
        return goodFind({ ...query, criteria: query.criteria.map(asText) }, context);
      }),
      'mail addresses are found however they are written',
    ],
    [
      'compares markup as it is stored',
      finding(async (query, context) =>
        (await goodFind(query, context)).filter(
          (record) =>
            !/<[a-z]/i.test(textOf(record['company'])) || query.criteria.some(({ value }) => /[<]|^C/.test(value)),
        ),
      ),
      'a value with markup is found by what HelpSpot inserts of it',
    ],
    [
      'knows one apostrophe only',
      finding(async (query, context) =>
        query.criteria.some(({ value }) => value.includes('\u2019')) ? [] : goodFind(query, context),
      ),
      'names are found however they are written',
    ],
    [
      'shows what it cannot find',
      answering((record) => ({ ...record, phone: `${textOf(record['phone'])}0` })),
      'what is shown, sent back, finds the same customer',
    ],
    [
      'understands groups and looks at the first only',
      adapterOf({
        ...goodSource,
        findsGroups: true,
        find: async ({ groups = [], limit }) =>
          records.filter((record) => groups[0]?.some((one) => meets(record, one)) ?? true).slice(0, limit),
      }),
      'each word is found in one of several fields',
    ],
    [
      'takes prefix for exact',
      finding((query, context) =>
        goodFind({ ...query, criteria: query.criteria.map((one) => ({ ...one, match: 'exact' })) }, context),
      ),
      'finds by prefix',
    ],
    [
      'takes contains for prefix',
      finding((query, context) => {
        const criteria = query.criteria.map(
          (one) => ({ ...one, match: one.match === 'exact' ? one.match : 'prefix' }) as const,
        );
        return goodFind({ ...query, criteria }, context);
      }),
      'finds by a part of the value',
    ],
    [
      'looks at the first criterion only',
      finding((query, context) => goodFind({ ...query, criteria: query.criteria.slice(0, 1) }, context)),
      'all criteria must be met',
    ],
    [
      'takes any criterion for all',
      finding(async ({ criteria, limit }, { signal }) => {
        signal.throwIfAborted();
        return records.filter((record) => criteria.some((one) => meets(record, one))).slice(0, limit);
      }),
      'all criteria must be met',
    ],
    [
      'ignores the limit',
      finding((query, context) => goodFind({ ...query, limit: 1_000 }, context)),
      'the limit is kept',
    ],
    [
      'answers in any order',
      finding(async (query, context) => {
        const found = await goodFind({ ...query, limit: 1_000 }, context);
        return (query.limit % 2 === 0 ? found.toReversed() : found).slice(0, query.limit);
      }),
      'the order is stable',
    ],
    ...Object.entries({
      'knows no order': (query: FindQuery, context: CallContext) => goodFind({ ...query, order: [] }, context),
      'knows no direction': ({ order = [], ...query }: FindQuery, context: CallContext) =>
        goodFind({ ...query, order: order.map(({ field }) => ({ field, descending: false })) }, context),
      'sorts by one field only': ({ order = [], ...query }: FindQuery, context: CallContext) =>
        goodFind({ ...query, order: order.slice(0, 1) }, context),
      'sorts what the limit has left': async (query: FindQuery, context: CallContext) =>
        inOrder(await goodFind({ ...query, order: [] }, context), query.order ?? []),
      'puts what has no value first': async (query: FindQuery, context: CallContext) => {
        const found = await goodFind({ ...query, limit: 1_000 }, context);
        const [by = { field: '' }] = query.order ?? [];
        const has = (record: SourceRecord) => Number(record[by.field] !== undefined);
        return found.toSorted((a, b) => has(a) - has(b)).slice(0, query.limit);
      },
    }).map(([mistake, find]) => [mistake, finding(find), IN_ORDER] as const),
    [
      'splices values into a query',
      finding(async (query, context) => {
        if (query.criteria.some(({ value }) => value.includes("'") && / OR /i.test(value))) return records;
        return goodFind(query, context);
      }),
      'hostile values mean nothing but themselves',
    ],
    [
      'breaks on a hostile value',
      finding(async (query, context) => {
        if (query.criteria.some(({ value }) => value.includes('\0'))) throw new Error('syntax error');
        return goodFind(query, context);
      }),
      'hostile values mean nothing but themselves',
    ],
    [
      'takes a percent sign for a wildcard',
      finding(async (query, context) => {
        const wild = query.criteria.every(({ match, value }) => match !== 'exact' && value === '%');
        return wild ? records.slice(0, query.limit) : goodFind(query, context);
      }),
      'hostile values mean nothing but themselves in a prefix or a part',
    ],
    [
      'finds nobody where nothing is asked for',
      finding(async (query, context) => (query.criteria.length === 0 ? [] : goodFind(query, context))),
      'without criteria lists all records, in a stable order',
    ],
    [
      'takes what HelpSpot sent for criteria',
      finding(async (query, context) => (Object.keys(query.parameters).length > 0 ? [] : goodFind(query, context))),
      'serves an AJAX selection field',
    ],
    [
      'does not look at the signal',
      finding((query) => goodFind(query, { signal: new AbortController().signal, reference: 'suite' })),
      'a signal that has aborted rejects promptly',
    ],
    [
      'waits for ever after an abort',
      finding(async (query, context) => {
        await new Promise((resolve) => setImmediate(resolve));
        return context.signal.aborted ? await new Promise<never>(() => undefined) : goodFind(query, context);
      }),
      'an abort ends a search under way, and harms no other',
    ],
    ['mixes searches', mixing(), 'searches side by side do not mix'],
    [
      'cannot be closed',
      adapterOf({ ...goodSource, close: () => Promise.reject(new Error('no')) }),
      'closes in order, used or not',
    ],
    [
      'throws what is no SourceError when the system is away',
      finding((query, context) => (away ? Promise.reject(new Error('ECONNREFUSED')) : goodFind(query, context))),
      'a system that is away is a SourceError, and found again when it is back',
    ],
    [
      'says nothing when the system is away',
      finding(async (query, context) => (away ? [] : goodFind(query, context))),
      'a system that is away is a SourceError, and found again when it is back',
    ],
    [
      'changes its question',
      finding((query, context) => {
        Object.assign(query, { limit: 1 });
        return goodFind(query, context);
      }),
      'finds every customer by every field',
    ],
  ];

  it.each(wrong)('fails an adapter that %s', async (_, adapter, fails) => {
    await expect(runCase(fails, adapter)).rejects.toThrow();
  });

  it('is shown a mistake for every case', () => {
    expect(new Set(wrong.map(([, , fails]) => fails))).toEqual(new Set(caseNames()));
  });
});

describe('a case that fails', () => {
  it('says what was asked, what came, and what the source logged', async () => {
    const adapter = defineAdapter({
      ...{ name: 'memory', title: 'Memory', settings: z.strictObject({}) },
      open: (_settings, { log }): Source => ({
        ...goodSource,
        async find() {
          log.warn({ page: 2 }, 'the page is empty');
          return [{ customer_id: 'C1031' }];
        },
      }),
    });
    const subject = await openSubject({ name: 'memory', adapter, settings: () => ({}) });
    const { message } = await failureOf(subject.trace.run(() => adapterCases['exact means the whole value'](subject)));
    expect(message).toContain(
      'the last question: find {"criteria":[{"field":"last_name","match":"exact","value":"Smith"}]',
    );
    expect(message).toContain('its answer: 1 records: C1031');
    expect(message).toContain('the source logged: warn the page is empty {"page":2}');
  });

  it('says in one place which settings are refused', async () => {
    const adapter = adapterOf(goodSource, z.strictObject({ url: z.string().describe('Where it is.') }));
    await expect(openSubject({ name: 'memory', adapter, settings: () => ({ urn: 'x' }) })).rejects.toThrow(
      /refuses the settings that the suite was given[\s\S]*\n {2}url: [\s\S]*\n {2}the whole: Unrecognized key: "urn"/,
    );
  });
});

describe('a skip', () => {
  const name: AdapterCaseName = 'finds every customer by every field';

  it('may be of fields only, and the rest of the case is tried', async () => {
    const blind = adapterOf({
      ...goodSource,
      find: async (query, context) =>
        query.criteria.some(({ field }) => field === 'company') ? [] : goodFind(query, context),
    });
    const subject = await openSubject({ name: 'memory', adapter: blind, settings: () => ({}) });
    const { fields, title } = skipOf(name, { [name]: { company: 'it cannot be searched' } });
    expect(title).toBe(' (without company: it cannot be searched)');
    subject.trace.begin(fields);
    await adapterCases[name](subject);
    subject.trace.begin(['email']);
    await expect(adapterCases[name](subject)).rejects.toThrow();
  });

  it('needs a reason', () => {
    for (const reason of ['', {}, { company: ' ' }]) {
      expect(() => skipOf(name, { [name]: reason })).toThrow(/the skip of "finds every.*needs a reason/);
    }
  });
});

/** One place for the question of all: a search reads what the last one has written. */
function mixing(): Adapter {
  let last: FindQuery | undefined;
  return finding(async (query, context) => {
    last = query;
    await new Promise((resolve) => setImmediate(resolve));
    return goodFind(last, context);
  });
}
