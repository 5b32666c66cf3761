/**
 * The customers of the suites as chats: one of each. A chat has one name, and neither a number of the customer nor his
 * company: these stand in fields that Live Helper Chat cannot search by.
 */
import livehelperchat from '../../../adapters/livehelperchat/index.ts';
import type { Adapter, Criterion, FindQuery, Source, SourceRecord } from '../../../src/contract/index.ts';
import type { SuiteCustomer } from '../../support/adapter-suite.ts';
import { addChat, type ChatData, type ChatRow, emptyData } from '../../support/livehelperchat/data.ts';

const FIELDS = {
  customer_id: 'user_tz_identifier',
  first_name: 'city',
  last_name: 'name',
  company: 'remarks',
} as const;
const KINDS = { customer_id: 'code', first_name: 'name', last_name: 'name', company: 'text' } as const;
type Renamed = keyof typeof FIELDS;

/** What the chat of a customer has. */
export function partsOf(customer: SuiteCustomer): Partial<ChatRow> {
  const { customer_id, first_name = '', last_name = '', email = '', phone = '', company = '' } = customer;
  return {
    user_tz_identifier: customer_id,
    city: first_name,
    nick: last_name,
    email,
    phone,
    remarks: company,
    status: 2,
  };
}

/** A chat of each customer. */
export function chatsOf(customers: readonly SuiteCustomer[]): ChatData {
  const data = emptyData();
  for (const customer of customers) addChat(data, partsOf(customer));
  return data;
}

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

function renamed({ user_tz_identifier, city, name, remarks, ...record }: SourceRecord): SourceRecord {
  return { ...record, customer_id: user_tz_identifier, first_name: city, last_name: name, company: remarks };
}

/** The adapter, with the suite's names. */
export const withSuiteNames: Adapter<typeof livehelperchat.settings> = {
  ...livehelperchat,
  async open(settings, services) {
    const source = await livehelperchat.open(settings, services);
    const { find, list } = source;
    if (find === undefined || list === undefined) throw new Error('a source of livehelperchat finds and lists');
    const opened: Source = {
      check: (context) => source.check(context),
      close: async () => await source.close?.(),
      findsGroups: true,
      find: async (query, context) => (await find(translated(query), context)).map(renamed),
      async *list(query, context) {
        for await (const batch of list(query, context)) {
          yield { ...batch, records: batch.records.map((one) => ({ ...one, record: renamed(one.record) })) };
        }
      },
      listsChanges: true,
    };
    return opened;
  },
};
