/** The configuration, to read: what is in force, what is wrong with the file now, and what its last change changed. */
import { type ComponentChild, h } from 'preact';
import type { LastReload } from '../../../gateway/plan-changes.ts';
import { type FileOnDisk, fileOnDisk } from '../../file-on-disk.ts';
import { dataTable, notice, section, time } from '../page.ts';
import type { Texts } from '../texts/en.ts';
import { hidingSecrets } from '../visible.ts';
import type { ConsolePage, Visit } from '../visit.ts';

/** A browser does not draw more; a real file has some hundred. */
const MOST_LINES = 5_000;
const MOST_PROBLEMS = 100;

export const configuration: ConsolePage = {
  path: 'configuration',
  heading: ({ configuration }) => configuration,
  role: 'administrator',
  async show(visit) {
    const { gateway, texts } = visit;
    const { file, origin } = gateway.plan;
    const disk = await fileOnDisk(gateway, visit.signal);
    const content = [
      h('p', null, texts.configurationNote),
      h(
        'dl',
        null,
        h('dt', null, texts.configurationFile),
        h('dd', null, h('code', null, file)),
        h('dt', null, texts.configurationReadAt),
        h('dd', null, origin === undefined ? '–' : time(origin.readAt)),
      ),
      disk === undefined ? undefined : section(texts.configurationOnDisk, ...diskWords(visit, disk)),
      section(texts.lastReloadHeading, reloadWords(gateway.lastReload, texts)),
      section(
        texts.configurationInForce,
        origin === undefined ? notice('warning', texts.configurationNoFile) : linesOf(origin.shown(), texts),
      ),
    ];
    return { content };
  },
};

function diskWords(visit: Visit, disk: FileOnDisk): ComponentChild[] {
  const { texts } = visit;
  if (disk.kind !== 'wrong') {
    const words = disk.kind === 'same' ? texts.configurationSame : texts.configurationOther;
    return [notice(disk.kind === 'same' ? 'done' : 'warning', words)];
  }
  const { problems, message } = disk;
  const items = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ line, column, message: problem }) =>
      h('li', null, h('code', null, `${line}:${column}`), ' ', hidingSecrets(visit, problem)),
    );
  return [
    notice('problem', texts.configurationWrong),
    message === '' ? undefined : h('p', null, hidingSecrets(visit, message)),
    items.length === 0 ? undefined : h('ul', null, items),
  ];
}

function reloadWords(reload: LastReload | undefined, texts: Texts): ComponentChild {
  if (reload === undefined) return h('p', null, texts.noReload);
  const words = { added: texts.planAdded, removed: texts.planRemoved, changed: texts.planChanged };
  const rows = reload.changes.map(({ section: of, name, change }) => [of, name, words[change]]);
  return [
    h('p', null, time(reload.at)),
    rows.length === 0
      ? h('p', null, texts.reloadedNothing)
      : dataTable(texts.lastReloadHeading, [texts.planSection, texts.name, texts.planChange], rows),
  ];
}

function linesOf(text: string, texts: Texts): ComponentChild {
  const lines = text.split('\n', MOST_LINES).map((line, at) => h('code', { id: `line-${at + 1}` }, line));
  return h('pre', { class: 'lines', tabIndex: 0, role: 'region', 'aria-label': texts.configurationInForce }, lines);
}
