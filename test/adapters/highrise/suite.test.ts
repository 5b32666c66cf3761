import { afterAll } from 'vitest';
import highrise from '../../../adapters/highrise/index.ts';
import { type Adapter, type Criterion, type Source, type SourceRecord, textOf } from '../../../src/contract/index.ts';
import { describeAdapter, suiteCustomers } from '../../support/adapter-suite.ts';
import { startHighrise } from '../../support/highrise/server.ts';

const house = await startHighrise({ emailSearches: 10_000 });
afterAll(() => house.close());

const ids = new Map<string, string>();
for (const { customer_id, first_name, last_name, email, phone, company } of suiteCustomers) {
  const { id } = house.account.add({
    ...(first_name === undefined ? {} : { firstName: first_name }),
    ...(last_name === undefined ? {} : { lastName: last_name }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(company === undefined ? {} : { company }),
  });
  ids.set(customer_id, String(id));
}

/** Highrise numbers its people; those of the suite have a letter before the number. */
const numbered: Adapter<typeof highrise.settings> = {
  ...highrise,
  async open(settings, services) {
    const source = await highrise.open(settings, services);
    return {
      check: (context) => source.check(context),
      find: async (query, context) => (await findIn(source)(translated(query), context)).map(back),
      close: async () => await source.close?.(),
    };
  },
};

function findIn(source: Source): NonNullable<Source['find']> {
  if (source.find === undefined) throw new Error('a source of highrise finds');
  return source.find.bind(source);
}

function translated<T extends { readonly criteria: readonly Criterion[] }>(query: T): T {
  const one = (criterion: Criterion) =>
    criterion.field === 'customer_id'
      ? { ...criterion, value: ids.get(criterion.value.trim().toUpperCase()) ?? '0' }
      : criterion;
  return { ...query, criteria: query.criteria.map(one) };
}

function back(record: SourceRecord): SourceRecord {
  const number = textOf(record['customer_id']);
  const [customer_id = ''] = Array.from(ids).find(([, id]) => id === number) ?? [];
  return { ...record, customer_id };
}

describeAdapter({
  name: 'highrise',
  adapter: numbered,
  settings: () => ({
    ...house.settings,
    // The stand-in finds a number only as it is written.
    phoneFormats: [
      ...['(###) ###-####', '+1 ### ### ####', '+41 ## ### ## ##', '###.#.###.####', '0033 # ## ## ## ##'],
      ...['+84 ## #### ####', '###/#######'],
    ],
  }),
  outage: {
    begin() {
      house.http.faults = Array.from({ length: 50 }, () => 'cut-before' as const);
    },
    end() {
      house.http.faults = [];
    },
  },
  skip: {
    'names ignore accents': 'whether Highrise finds Müller by muller is documented nowhere',
  },
});
