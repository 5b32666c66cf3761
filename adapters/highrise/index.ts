/** People in Highrise, 37signals' contact manager: looked up, and made or noted on by a push. */
import { defineAdapter, type PushAbility } from '../../src/contract/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { personDetails } from './details.ts';
import { errorWords, unexpected } from './failures.ts';
import { Finder } from './finder.ts';
import { People } from './people.ts';
import { Pusher } from './push.ts';
import { customFieldsOf, type Settings, settings } from './settings.ts';
import { FIELDS } from './wanted.ts';
import { Wire } from './wire.ts';

/** "All other limits remain at up to 150 requests per 5 second period": https://github.com/basecamp/highrise-api#rate-limiting */
const REQUESTS_PER_SECOND = 30;
/** A page of 500 people, some with a long background. */
const MAX_BYTES = 20_000_000;

const push: PushAbility = { format: 'text', fields: FIELDS, readsNotes: false };

export default defineAdapter({
  name: 'highrise',
  title: 'Highrise',
  settings,
  push,
  pushOf: (settings) => ({ ...push, fields: { ...FIELDS, ...customFieldsToPush(settings) } }),

  open(settings, { log, resolve }) {
    const { token, userAgent, requestsPerSecond = REQUESTS_PER_SECOND } = settings;
    const url = new URL(settings.url).origin;
    const customFields = customFieldsOf(settings);
    const client = createHttpClient({
      baseUrl: url,
      system: 'Highrise',
      // "You should include a User-Agent header with the name of your application and a link to it": whose gateway it is.
      headers: { accept: 'application/xml', 'user-agent': userAgent ?? `helpspot-gateway (${url})` },
      authorize: () => ({ authorization: `Basic ${Buffer.from(`${token}:X`).toString('base64')}` }),
      settings: { ...settings, requestsPerSecond },
      resolve,
      log,
      maxBytes: MAX_BYTES,
      errorText: errorWords,
    });
    const wire = new Wire(client, url);
    const people = new People(wire, settings.emailSearches);
    const finder = new Finder(people, { url, customFields, phoneFormats: settings.phoneFormats }, log);
    const pusher = new Pusher(wire, people, { url, customFields }, log);

    return {
      // "Get myself": https://github.com/basecamp/highrise-api/blob/master/sections/users.md
      async check(context) {
        context.signal.throwIfAborted();
        const root = await wire.get('element', '/me.xml', context);
        if (root?.name !== 'user') throw unexpected('something else than the user to GET /me.xml');
      },
      find: (query, context) => finder.find(query, context),
      push: (request, context) => pusher.push(request, context),
      findPush: (request, context) => pusher.find(request, context),
      details: (id, context) => personDetails(id, people, url, context),
      close: () => client.close(),
    };
  },
});

function customFieldsToPush(settings: Settings): Readonly<Record<string, string>> {
  const fields = Array.from(customFieldsOf(settings), ([name, { label }]) => [
    name,
    `the custom field "${label}" of a new person`,
  ]);
  return Object.fromEntries(fields);
}
