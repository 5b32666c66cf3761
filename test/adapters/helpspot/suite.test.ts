import { afterAll } from 'vitest';
import { describeAdapter, suiteCustomers } from '../../support/adapter-suite.ts';
import { startHelpSpot } from '../../support/helpspot/server.ts';
import { deskOf, withCompany } from './customers.ts';

const MANY = 40;
/** As the requests of the suite have them: HelpSpot keeps a number as it was typed. */
const phoneFormats = [
  ...['(###) ###-####', '+1 ### ### ####', '+41 ## ### ## ##', '### #### ####', '###.#.###.####'],
  ...['0033 # ## ## ## ##', '+84 ## #### ####', '###/#######', '+45 ## ## ## ##'],
];

const desk = await startHelpSpot({ data: deskOf(suiteCustomers) });
afterAll(() => desk.close());

describeAdapter({
  name: 'helpspot',
  adapter: withCompany,
  settings: () => ({ ...desk.settings, phoneFormats, requestsPerSecond: 1000 }),
  outage: {
    begin: () => desk.fail('cut', { times: MANY }),
    end: () => desk.heal(desk.data),
  },
  skip: {
    'names ignore accents':
      'whether HelpSpot finds Müller by muller is a matter of its database, and documented nowhere',
    'a value with markup is found by what HelpSpot inserts of it':
      'whether HelpSpot finds `<b>Bold</b>` by Bold is documented nowhere; what it finds is compared without tags',
  },
});
