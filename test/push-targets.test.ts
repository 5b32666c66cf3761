/** Request Push to every tracker of cases, tasks and issues, from PHP to the system behind the gateway. */

import { expect, it } from 'vitest';
import { adapters } from '../adapters/index.ts';
import type { Adapter } from '../src/contract/index.ts';
import { requirePhpCurl } from './support/php-push.ts';
import { CONTACTS } from './support/targets/contacts.ts';
import { mariaDb, postgres, sqlite, sqlServer } from './support/targets/databases.ts';
import { HELP_DESKS } from './support/targets/help-desks.ts';
import { HOOKS } from './support/targets/hooks.ts';
import { MESSAGES } from './support/targets/messages.ts';
import { describeTarget } from './support/targets/suite.ts';
import { TRACKERS } from './support/targets/trackers.ts';

const php = await requirePhpCurl();

it('every adapter that can push is in the table', async () => {
  const all: readonly Adapter[] = await Promise.all(Object.values(adapters).map((load) => load()));
  const pushing = all.filter(({ push }) => push !== undefined).map(({ name }) => name);
  const notRunning = () => {
    throw new Error('it is only looked at');
  };
  const databases = [sqlite, sqlServer, mariaDb(notRunning), postgres(notRunning)];
  const rows = [...TRACKERS, ...HELP_DESKS, ...CONTACTS, ...HOOKS, ...MESSAGES, ...databases];
  expect(pushing.sort()).toEqual([...new Set(rows.map(({ adapter }) => adapter))].sort());
});

for (const row of [...TRACKERS, ...HELP_DESKS]) describeTarget(row, php);
