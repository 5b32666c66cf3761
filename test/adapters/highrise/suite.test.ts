import { afterAll } from 'vitest';
import highrise from '../../../adapters/highrise/index.ts';
import { describeAdapter, describeListing, type SuiteCustomer, suiteCustomers } from '../../support/adapter-suite.ts';
import { startHighrise } from '../../support/highrise/server.ts';
import { numbered } from '../../support/numbered.ts';

const house = await startHighrise({ emailSearches: 10_000 });
afterAll(() => house.close());
const { account } = house;

/** Of the suite and of its listings; Highrise gives the number. */
const numbers = new Map<string, number>();

/** Writes somebody, who keeps his number. */
function put({ customer_id, first_name, last_name, email, phone, company }: SuiteCustomer, updated = new Date()): void {
  const made = account.add({
    ...(first_name === undefined ? {} : { firstName: first_name }),
    ...(last_name === undefined ? {} : { lastName: last_name }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(company === undefined ? {} : { company }),
  });
  const known = account.people.find(({ id }) => id === numbers.get(customer_id));
  if (known === undefined) numbers.set(customer_id, made.id);
  else account.people.pop();
  Object.assign(known ?? made, made, { id: (known ?? made).id, updated });
}

for (const customer of suiteCustomers) put(customer);

const adapter = numbered(highrise, {
  toSystem: (id) => numbers.get(id)?.toString(),
  fromSystem: (number) => Array.from(numbers).find(([, one]) => String(one) === number)?.[0] ?? '',
});

const outage = {
  begin() {
    house.http.faults = Array.from({ length: 50 }, () => 'cut-before' as const);
  },
  end() {
    house.http.faults = [];
  },
};

describeAdapter({
  name: 'highrise',
  adapter,
  settings: () => ({
    ...house.settings,
    // The stand-in finds a number only as it is written.
    phoneFormats: [
      ...['(###) ###-####', '+1 ### ### ####', '+41 ## ### ## ##', '###.#.###.####', '0033 # ## ## ## ##'],
      ...['+84 ## #### ####', '###/#######'],
    ],
  }),
  outage,
  skip: {
    'names ignore accents': 'whether Highrise finds Müller by muller is documented nowhere',
  },
});

describeListing({
  name: 'highrise',
  adapter,
  // Batches of a hundred of one page; several pages, and a run that fails in the middle, are in list.test.ts.
  size: 230,
  system: () => ({
    settings: house.settings,
    // Whoever changed within the second before a place is asked for again.
    again: 1,
    async put(some, at) {
      // One after the other: that many change in one second is a matter of list.test.ts.
      const began = (at ?? new Date()).getTime();
      for (const [number, one] of some.entries()) put(one, new Date(began + number * 2_000));
    },
    async remove(ids) {
      for (const id of ids) {
        const number = numbers.get(id);
        if (number !== undefined) account.remove(number);
        numbers.delete(id);
      }
    },
  }),
});
