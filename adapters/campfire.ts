/** Campfire as a push target: a message in a room, of a bot in ONCE Campfire or of an account in the classic service. */
import { defineAdapter } from '../src/gateway/adapter.ts';
import { openClassic } from './campfire/classic.ts';
import { openOnce } from './campfire/once.ts';
import { settings } from './campfire/settings.ts';

export default defineAdapter({
  name: 'campfire',
  title: 'Campfire',
  settings,
  push: { format: 'text', fields: {} },

  open(settings, services) {
    return settings.api === 'classic' ? openClassic(settings, services) : openOnce(settings, services);
  },
});
