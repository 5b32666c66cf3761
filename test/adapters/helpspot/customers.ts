/** The customers of the suites as requests of a HelpSpot: one of each. A company has no field there, and stands in Custom1. */
import helpspot from '../../../adapters/helpspot/index.ts';
import type { Adapter, Criterion, FindQuery, Source, SourceRecord } from '../../../src/contract/index.ts';
import type { SuiteCustomer } from '../../support/adapter-suite.ts';
import { emptyData, type HelpSpotData } from '../../support/helpspot/data.ts';
import { addCustomField, addRequest, addStaff, type RequestParts } from '../../support/helpspot/stored.ts';

/** A help desk without requests. */
export function emptyDesk(): HelpSpotData {
  const data = emptyData();
  addStaff(data, { xPerson: 1, sFname: 'Tina', sLname: 'Andrews', sEmail: 'tina@example.com', fUserType: 1 });
  addCustomField(data, { xCustomField: 1, fieldName: 'Company', fieldType: 'text' });
  return data;
}

/** What the request of a customer has. */
export function partsOf(customer: SuiteCustomer): RequestParts & { readonly sUserId: string } {
  const { customer_id, first_name = '', last_name = '', email = '', phone = '', company = '' } = customer;
  return {
    ...{ sUserId: customer_id, sFirstName: first_name, sLastName: last_name, sEmail: email, sPhone: phone },
    ...{ custom: { 1: company }, note: 'Please help.' },
  };
}

/** A help desk with a request of each customer. */
export function deskOf(customers: readonly SuiteCustomer[]): HelpSpotData {
  const data = emptyDesk();
  for (const customer of customers) addRequest(data, partsOf(customer));
  return data;
}

/** The adapter, with the suite's `company` in place of Custom1. */
export const withCompany: Adapter<typeof helpspot.settings> = {
  ...helpspot,
  async open(settings, services) {
    const source = await helpspot.open(settings, services);
    const { find, list } = source;
    if (find === undefined || list === undefined) throw new Error('a source of helpspot finds and lists');
    const opened: Source = {
      check: (context) => source.check(context),
      close: async () => await source.close?.(),
      findsGroups: true,
      find: async (query, context) => (await find(translated(query), context)).map(withName),
      async *list(query, context) {
        for await (const batch of list(query, context)) {
          yield { ...batch, records: batch.records.map((one) => ({ ...one, record: withName(one.record) })) };
        }
      },
      listsChanges: true,
    };
    return opened;
  },
};

function translated(query: FindQuery): FindQuery {
  const { groups } = query;
  const asked = (one: Criterion): Criterion => (one.field === 'company' ? { ...one, field: 'Custom1' } : one);
  return {
    ...query,
    criteria: query.criteria.map(asked),
    ...(groups !== undefined && { groups: groups.map((group) => group.map(asked)) }),
  };
}

function withName({ Custom1: company, ...record }: SourceRecord): SourceRecord {
  return { ...record, company };
}
