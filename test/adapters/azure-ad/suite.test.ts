import azureAd from '../../../adapters/azure-ad/index.ts';
import { describeAdapter, describeListing, type SuiteCustomer, suiteCustomers } from '../../support/adapter-suite.ts';
import { type GraphUser, guid } from '../../support/graph/people.ts';
import { graphForAll, settingsFor } from './source.ts';

const userOf = (customer: SuiteCustomer, index: number): GraphUser => ({
  id: guid(index),
  displayName: `${customer.first_name ?? ''} ${customer.last_name ?? ''}`.trim(),
  userPrincipalName: `${customer.customer_id}@contoso.example`,
  employeeId: customer.customer_id,
  givenName: customer.first_name ?? null,
  surname: customer.last_name ?? null,
  mail: customer.email ?? null,
  businessPhones: customer.phone === undefined ? [] : [customer.phone],
  companyName: customer.company ?? null,
  accountEnabled: true,
});
const graph = await graphForAll(suiteCustomers.map(userOf));
const outage = { begin: () => graph.stop(), end: () => graph.start() };

const NO_PARTS = 'Microsoft Graph finds a part of a display name only, which azure-ad-search.test.ts proves';

describeAdapter({
  name: 'azure-ad',
  adapter: azureAd,
  settings: () =>
    settingsFor(graph, { phoneFormats: ['+41 ## ### ## ##', '0033 # ## ## ## ##', '+84 ## #### ####', '###/#######'] }),
  outage,
  skip: {
    'names ignore accents': 'a directory compares names by its own rules',
    'a value with markup is found by what HelpSpot inserts of it':
      'Graph compares whole values; each beginning before a tag would be a condition of its own, of which it takes 15',
    'finds by a part of the value': NO_PARTS,
    'all criteria must be met': `${NO_PARTS}, with several criteria`,
    'the limit is kept': `${NO_PARTS}, and azure-ad-graph.test.ts the limit`,
    'hostile values mean nothing but themselves in a prefix or a part': `${NO_PARTS}, and prefixes with hostile values`,
  },
});

describeListing({
  name: 'azure-ad',
  adapter: azureAd,
  // One page: a run of several, and one that fails in the middle, are in listing.test.ts.
  size: 300,
  system() {
    const users = new Map<string, GraphUser>();
    const guids = new Map<string, number>();
    const write = () => {
      graph.people = [...users.values()];
    };
    return {
      settings: settingsFor(graph),
      async put(some) {
        for (const one of some) {
          const number = guids.get(one.customer_id) ?? guids.size;
          guids.set(one.customer_id, number);
          users.set(one.customer_id, userOf(one, number));
        }
        write();
      },
      async remove(ids) {
        for (const id of ids) users.delete(id);
        write();
      },
    };
  },
});
