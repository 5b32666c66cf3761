/** Campfire as a push target: a message in a room, of a bot in ONCE Campfire or of an account in the classic service. */
import { defineAdapter } from '../../src/contract/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { openClassic } from './classic.ts';
import { openOnce } from './once.ts';
import { settings } from './settings.ts';

export default defineAdapter({
  name: 'campfire',
  title: 'Campfire',
  settings,
  finds: false,
  push: { format: 'text', fields: {}, readsNotes: false },

  open(settings, { resolve, log }) {
    const { url, botKey = '', password = '' } = settings;
    // The key of a bot is a part of a path, and the password of a form.
    const secrets = [botKey, password];
    const http = createHttpClient({ baseUrl: url, system: 'Campfire', settings, resolve, log, secrets });
    return settings.api === 'classic' ? openClassic(settings, http) : openOnce(settings, http);
  },
});
