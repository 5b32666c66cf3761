/** HelpSpot itself: other requests of a customer, its lists, its address book, through its Web Service API. */
import { defineAdapter } from '../../src/contract/index.ts';
import { HelpSpotApi } from './api.ts';
import { settings } from './settings.ts';

export default defineAdapter({
  name: 'helpspot',
  title: 'HelpSpot',
  settings,

  open(settings, services) {
    const api = new HelpSpotApi(settings, services);
    return {
      async check(context) {
        context.signal.throwIfAborted();
        await api.version(context);
      },
      close: () => api.close(),
    };
  },
});
