/** People in Highrise, 37signals' contact manager, and the notes about them: looked up, and made or noted on by a push. */
import { type CallContext, defineAdapter, type PushAbility, UserError } from '../../src/contract/index.ts';
import { createHttpClient, httpReach, unlistable } from '../../src/kit/http/index.ts';
import { errorWords, unexpected } from './failures.ts';
import { Finder } from './finder.ts';
import { Lister } from './lister.ts';
import { NOTE_FIELDS, NoteFinder } from './notes.ts';
import { People } from './people.ts';
import { ID } from './person.ts';
import { Pusher } from './push.ts';
import { detailsOf, fieldsOf } from './record.ts';
import { customFieldsOf, settings } from './settings.ts';
import { FIELDS } from './wanted.ts';
import { Wire } from './wire.ts';

/** "All other limits remain at up to 150 requests per 5 second period": https://github.com/basecamp/highrise-api#rate-limiting */
const REQUESTS_PER_SECOND = 30;
/** A page of 500 people, some with a long background. */
const MAX_BYTES = 20_000_000;

const NOTES_ARE_NOT_LISTED =
  'Highrise lists the notes of one person only; take "index" out of this source, and write it at one without records: notes';

const push: PushAbility = {
  ...{ format: 'text', fields: FIELDS, readsNotes: false, ids: ID },
  // Where the fields say nothing.
  readsValues: ['sEmail', 'sPhone', 'sFirstName', 'sLastName', 'staff_comment'],
};

export default defineAdapter({
  name: 'highrise',
  title: 'Highrise',
  settings,
  reachedBy: httpReach,
  push,
  pushOf(settings) {
    const custom = Array.from(customFieldsOf(settings), ([name, { label }]) => [
      name,
      `the custom field "${label}" of a new person`,
    ]);
    return { ...push, fields: { ...FIELDS, ...Object.fromEntries(custom) } };
  },

  cannotPush({ records }) {
    return records === 'notes' ? 'it gives notes; push to a source without "records: notes"' : undefined;
  },

  open(settings, { log, resolve }) {
    const { token, userAgent, requestsPerSecond = REQUESTS_PER_SECOND } = settings;
    const url = new URL(settings.url).origin;
    const account = { url, customFields: customFieldsOf(settings), phoneFormats: settings.phoneFormats };
    const client = createHttpClient({
      baseUrl: url,
      system: 'Highrise',
      // "You should include a User-Agent header with the name of your application and a link to it": whose gateway it is.
      headers: { accept: 'application/xml', 'user-agent': userAgent ?? `helpspot-gateway (${url})` },
      authorize: () => ({ authorization: `Basic ${Buffer.from(`${token}:X`).toString('base64')}` }),
      credentials: [token],
      settings: { ...settings, requestsPerSecond },
      ...{ resolve, log, maxBytes: MAX_BYTES, errorText: errorWords },
    });
    const wire = new Wire(client, url);
    const people = new People(wire, { origin: url, credentials: [token] }, settings.emailSearches);
    const common = {
      // "Get myself": https://github.com/basecamp/highrise-api/blob/master/sections/users.md
      async check(context: CallContext) {
        context.signal.throwIfAborted();
        const root = await wire.get('element', '/me.xml', context);
        if (root?.name !== 'user') throw unexpected('something else than the user to GET /me.xml');
      },
      parameters: [],
      close() {
        people.close();
        return client.close();
      },
    };
    if (settings.records === 'notes') {
      const notes = new NoteFinder(people, url);
      return {
        ...common,
        find: (query, context) => notes.find(query, context),
        fields: async () => NOTE_FIELDS,
        list: () => unlistable(new UserError(NOTES_ARE_NOT_LISTED)),
      };
    }
    const lister = new Lister(people, account, wire.clock);
    const finder = new Finder(people, account, log);
    const pusher = new Pusher(wire, people, account, settings, log);
    return {
      ...common,
      find: (query, context) => finder.find(query, context),
      list: (query, context) => lister.list(query, context),
      listsChanges: true,
      fields: async () => fieldsOf(account),
      push: (request, context) => pusher.push(request, context),
      findPush: (request, context) => pusher.find(request, context),
      async details(id, context) {
        const given = await people.one(id, context);
        if (given === undefined) return undefined;
        const [person, note] = await Promise.all([people.withCompany(given, context), people.newestNote(id, context)]);
        return detailsOf(person, note, url);
      },
    };
  },
});
