/**
 * The suite, with its customers as users of a site. A user has one name, which takes the first; the others stand in fields
 * that Help Lightning cannot filter by.
 */
import { afterAll } from 'vitest';
import helpLightning from '../../../adapters/help-lightning/index.ts';
import type { Adapter, Criterion, FindQuery, Source, SourceRecord } from '../../../src/contract/index.ts';
import { describeAdapter, suiteCustomers } from '../../support/adapter-suite.ts';
import { addUser, emptyData } from '../../support/help-lightning/data.ts';
import { startHelpLightning } from '../../support/help-lightning/server.ts';

const FIELDS = {
  ...{ customer_id: 'username', first_name: 'name', last_name: 'title', company: 'location' },
  phone: 'status_message',
} as const;
const KINDS = { customer_id: 'code', first_name: 'name', last_name: 'name', company: 'text', phone: 'phone' } as const;
type Renamed = keyof typeof FIELDS;

function isRenamed(field: string): field is Renamed {
  return Object.hasOwn(FIELDS, field);
}

function asked(one: Criterion): Criterion {
  return isRenamed(one.field) ? { ...one, kind: one.kind ?? KINDS[one.field], field: FIELDS[one.field] } : one;
}

function translated(query: FindQuery): FindQuery {
  const { groups } = query;
  return {
    ...query,
    criteria: query.criteria.map(asked),
    ...(groups !== undefined && { groups: groups.map((group) => group.map(asked)) }),
  };
}

function renamed({ username, name, title, location, status_message, ...record }: SourceRecord): SourceRecord {
  const names = { customer_id: username, first_name: name, last_name: title, company: location, phone: status_message };
  return { ...record, ...names };
}

const withSuiteNames: Adapter<typeof helpLightning.settings> = {
  ...helpLightning,
  async open(settings, services) {
    const source = await helpLightning.open(settings, services);
    const { find } = source;
    if (find === undefined) throw new Error('a source of help-lightning finds');
    const opened: Source = {
      check: (context) => source.check(context),
      close: async () => await source.close?.(),
      findsGroups: true,
      find: async (query, context) => (await find(translated(query), context)).map(renamed),
    };
    return opened;
  },
};

const data = emptyData();
for (const { customer_id, first_name, last_name, email, phone, company } of suiteCustomers) {
  addUser(data, {
    ...{ username: customer_id, name: first_name ?? '', title: last_name ?? '', email: email ?? '' },
    ...{ status_message: phone ?? '', location: company ?? '' },
  });
}
const site = await startHelpLightning(data);
afterAll(() => site.close());

describeAdapter({
  name: 'help-lightning',
  adapter: withSuiteNames,
  settings: () => ({ ...site.settings, list: 'users', requestsPerSecond: 1000 }),
  outage: { begin: () => site.fail('cut-before', { times: 60 }), end: () => site.heal() },
  skip: { 'names ignore accents': 'it compares whole names, as they are stored' },
});
