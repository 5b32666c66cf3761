/** Campfire as a push target: a message in a room, of a bot in ONCE Campfire or of an account in the classic service. */
import { defineAdapter, type PushAbility } from '../../src/contract/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { openClassic } from './classic.ts';
import { openOnce } from './once.ts';
import { settings } from './settings.ts';

const push: PushAbility = { format: 'text', fields: {}, readsNotes: false, readsValues: [] };

export default defineAdapter({
  name: 'campfire',
  title: 'Campfire',
  settings,
  finds: false,
  push,
  // The classic service does not always tell the id of a message; then it is our own reference.
  pushOf: ({ api }) => (api === 'once' ? { ...push, ids: /^\d+$/ } : push),

  open(settings, { resolve, log }) {
    const { url, botKey = '', email = '', password = '' } = settings;
    // The key of a bot is a part of a path, and the password of a form.
    const secrets = [botKey, password];
    const credentials = [botKey, email, password];
    const http = createHttpClient({ baseUrl: url, system: 'Campfire', settings, resolve, log, secrets, credentials });
    return settings.api === 'classic' ? openClassic(settings, http) : openOnce(settings, http, log);
  },
});
