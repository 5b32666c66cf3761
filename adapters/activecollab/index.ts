/** ActiveCollab as a push target: a request becomes a task of a project. */
import { defineAdapter } from '../../src/contract/index.ts';
import { openClassic } from './classic.ts';
import { openCurrent } from './current.ts';
import { FIELDS } from './fields.ts';
import { settings } from './settings.ts';

export default defineAdapter({
  name: 'activecollab',
  title: 'ActiveCollab',
  settings,
  finds: false,
  // No API finds a task without its project: `7/22`.
  push: { format: 'html', fields: FIELDS, readsNotes: false, ids: /^[1-9]\d{0,9}\/[1-9]\d{0,9}$/ },
  open: (settings, services) =>
    settings.api === 'classic' ? openClassic(settings, services) : openCurrent(settings, services),
});
