/** The customers of the suite as calls of a platform: what a call has no field for stands in one that it has. */
import ccaiPlatform from '../../../adapters/ccai-platform/index.ts';
import {
  type Adapter,
  type Criterion,
  type FindQuery,
  type Source,
  SourceError,
  type SourceRecord,
  UserError,
} from '../../../src/contract/index.ts';
import type { SuiteCustomer } from '../../support/adapter-suite.ts';

const NAMES: Readonly<Record<string, string>> = {
  ...{ customer_id: 'customer_id', email: 'fail_details', phone: 'support_number' },
  ...{ first_name: 'agent', last_name: 'virtual_agent', company: 'menu' },
};

/** Of a call, for the stand-in. */
export function partsOf({ customer_id, email, phone, first_name, last_name, company }: SuiteCustomer) {
  return {
    end_user: { id: 1, identifier: null, out_contact_id: customer_id },
    ...{ fail_details: email ?? null, support_number: phone ?? null },
    agent_info: first_name === undefined ? null : { id: 1, name: first_name },
    virtual_agent: last_name === undefined ? null : { id: 1, name: last_name },
    selected_menu: company === undefined ? null : { id: 1, name: company },
  };
}

function translated({ criteria, groups, ...query }: FindQuery): FindQuery {
  const asked = (one: Criterion): Criterion => ({ ...one, field: NAMES[one.field] ?? one.field });
  return {
    ...query,
    criteria: criteria.map(asked),
    ...(groups !== undefined && { groups: groups.map((group) => group.map(asked)) }),
  };
}

function renamed({
  customer_id,
  fail_details,
  support_number,
  agent,
  virtual_agent,
  menu,
}: SourceRecord): SourceRecord {
  const parts = {
    customer_id,
    email: fail_details,
    phone: support_number,
    first_name: agent,
    last_name: virtual_agent,
  };
  return Object.fromEntries(Object.entries({ ...parts, company: menu }).filter(([, value]) => value !== undefined));
}

/** The adapter, with the suite's names. */
export const withSuiteNames: Adapter<typeof ccaiPlatform.settings> = {
  ...ccaiPlatform,
  async open(settings, services) {
    const source = await ccaiPlatform.open(settings, services);
    const { find, list } = source;
    if (find === undefined || list === undefined) throw new Error('a source of ccai-platform finds and lists');
    const opened: Source = {
      check: (context) => source.check(context),
      close: async () => await source.close?.(),
      findsGroups: true,
      find: async (query, context) => (await find(translated(query), context).catch(asCannot)).map(renamed),
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

/** What has no filter is refused until there is an index; the suite asks what can be asked. */
function asCannot(error: unknown): never {
  throw error instanceof SourceError && error.kind === 'rejected' ? new UserError(error.message) : error;
}
