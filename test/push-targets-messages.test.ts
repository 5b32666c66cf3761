/** Request Push to mail, rooms, web hooks and people, from PHP to the system behind the gateway. */
import { requirePhpCurl } from './support/php-push.ts';
import { CONTACTS } from './support/targets/contacts.ts';
import { HOOKS } from './support/targets/hooks.ts';
import { MESSAGES } from './support/targets/messages.ts';
import { describeTarget } from './support/targets/suite.ts';

const php = await requirePhpCurl();

for (const row of [...MESSAGES, ...HOOKS, ...CONTACTS]) describeTarget(row, php);
