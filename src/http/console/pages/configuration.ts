/** The configuration, to read: what is in force, what is wrong with the file now, and what its last change changed. */
import { type ComponentChild, h } from 'preact';
import { ConfigurationError, type Problem } from '../../../config/problems.ts';
import { UserError, untilAborted } from '../../../contract/index.ts';
import type { LastReload } from '../../../gateway/gateway.ts';
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
    const disk = await onDisk(visit);
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

/** The file as it is now. */
type OnDisk =
  | { readonly kind: 'same' | 'other' }
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[]; readonly message: string };

/** Undefined where nobody can read it again. */
async function onDisk({ gateway, signal }: Visit): Promise<OnDisk | undefined> {
  if (gateway.readPlan === undefined) return undefined;
  try {
    const { origin } = await untilAborted(gateway.readPlan(), signal);
    return { kind: origin?.digest === gateway.plan.origin?.digest ? 'same' : 'other' };
  } catch (error) {
    if (error instanceof ConfigurationError) return { kind: 'wrong', problems: error.problems, message: '' };
    if (error instanceof UserError) return { kind: 'wrong', problems: [], message: error.message };
    throw error;
  }
}

function diskWords(visit: Visit, disk: OnDisk): ComponentChild[] {
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
