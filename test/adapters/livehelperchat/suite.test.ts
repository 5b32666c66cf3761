import { afterAll } from 'vitest';
import { describeAdapter, suiteCustomers } from '../../support/adapter-suite.ts';
import { startLiveHelperChat } from '../../support/livehelperchat/server.ts';
import { chatsOf, withSuiteNames } from './customers.ts';

const MANY = 60;
/** As the chats of the suite have them: a number is kept as the visitor typed it. */
const phoneFormats = [
  ...['(###) ###-####', '+1 ### ### ####', '+41 ## ### ## ##', '### #### ####', '###.#.###.####'],
  ...['0033 # ## ## ## ##', '+84 ## #### ####', '###/#######', '+45 ## ## ## ##'],
];

const chat = await startLiveHelperChat({ data: chatsOf(suiteCustomers) });
afterAll(() => chat.close());

describeAdapter({
  name: 'livehelperchat',
  adapter: withSuiteNames,
  settings: () => ({ ...chat.settings, phoneFormats, requestsPerSecond: 1000 }),
  outage: {
    begin: () => chat.fail('cut', { times: MANY }),
    end: () => chat.heal(chat.data),
  },
  skip: {
    'names ignore accents':
      'its database compares nicks by rules of its own, which have ł and ø as letters beside l and o',
    'a value with markup is found by what HelpSpot inserts of it':
      'it finds whole nicks only: `<b>Bold</b>` is none that begins with Bold',
  },
});
