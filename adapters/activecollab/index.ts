/** ActiveCollab as a push target: a request becomes a task of a project. */
import { defineAdapter, type PushAbility } from '../../src/contract/index.ts';
import { thingIn, trimmedEnd } from '../../src/kit/text/index.ts';
import { openClassic } from './classic.ts';
import { openCurrent } from './current.ts';
import { FIELDS } from './fields.ts';
import { type Settings, settings } from './settings.ts';

// No API finds a task without its project: `7/22`.
const ID = /^[1-9]\d{0,9}\/[1-9]\d{0,9}$/;
const push: PushAbility = { format: 'html', fields: FIELDS, readsNotes: false, readsValues: [], ids: ID };
const THINGS = { current: 'task', classic: 'ticket' } as const;

export default defineAdapter({
  name: 'activecollab',
  title: 'ActiveCollab',
  settings,
  finds: false,
  push,
  pushOf: (settings) => ({ ...push, linking: { thing: THINGS[settings.api], idIn: (text) => taskIn(text, settings) } }),
  open: (settings, services) =>
    settings.api === 'classic' ? openClassic(settings, services) : openCurrent(settings, services),
});

/** "task 7/22", "#7/22", or the page of the task. A date such as 7/22 in a sentence is none. */
function taskIn(comment: string, { api, url }: Settings): string | undefined {
  const isClassic = api === 'classic';
  // The classic API lies beside the pages: /public/api.php and /public/index.php?path_info=projects%2F7%2Ftickets%2F1.
  const pages = isClassic ? url.replace(/\/[^/]*\.php$/i, '') : trimmedEnd(url, '/').replace(/\/api\/v1$/i, '');
  const page = isClassic
    ? /^\/(?:index\.php)?\?path_info=\/?projects(?:\/|%2F)(\d+)(?:\/|%2F)tickets(?:\/|%2F)(\d+)(?![^&])/i
    : /^\/projects\/(\d+)\/tasks\/(\d+)(?![^/?])/;
  const inPage = (rest: string) => {
    const [, project, task] = page.exec(rest) ?? [];
    return project === undefined || task === undefined ? undefined : `${project}/${task}`;
  };
  return thingIn(comment, { id: ID, names: ['ActiveCollab'], words: ['task', 'ticket'], pages, inPage });
}
