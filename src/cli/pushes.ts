/** `helpspot-gateway pushes`: what the gateway keeps of pushes, beside a gateway that runs or without one. */

import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { redact } from '../contract/index.ts';
import type { LedgerView } from '../store/ledger.ts';
import { isStoreThere, openLedgerByHand, openLedgerView } from '../store/store.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import { changePushes } from './pushes-change.ts';
import { listGateways } from './pushes-gateways.ts';
import { listNothing, listPushes } from './pushes-list.ts';
import { type PushFilters, type PushWork, readFilters, refuseUnknownTarget, unknownPush } from './pushes-selection.ts';
import { showPush } from './pushes-show.ts';
import type { Terminal } from './terminal.ts';

/** Options that say which pushes. */
const SELECTION = ['target', 'state', 'since', 'reference'] as const;
/** What may go with each word. */
const OPTIONS: Readonly<Record<Word, readonly string[]>> = {
  list: [...SELECTION, 'limit', 'json'],
  show: ['body', 'json'],
  retry: [...SELECTION, 'all', 'yes'],
  drop: [...SELECTION, 'all', 'yes'],
  gateways: ['json'],
};
const WORDS = ['list', 'show', 'retry', 'drop', 'gateways'] as const;
type Word = (typeof WORDS)[number];

/** Which pushes are meant. */
const SELECTING = [...SELECTION, 'all'] as const;

/** @returns the exit status: 0, or 1 when there is no such push or it cannot be done */
export async function pushes(line: CommandLine, terminal: Terminal): Promise<number> {
  const { word, ids } = readWords(line);
  const limit = limitOf(line);
  const filters = readFilters(line);
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment);
  const say = (text: string) => void terminal.stdout.write(redact(text, plan.secrets));
  const work: PushWork = { plan, line, terminal, say };
  // To look is not to make one.
  if (!isStoreThere(plan.store)) {
    const [id] = ids;
    if (id !== undefined) throw unknownPush(id, plan);
    refuseUnknownTarget(filters, plan);
    return listNothing(work, filters, `There are no pushes: ${plan.store.file} is not there yet`);
  }
  if (word === 'gateways') return onView(work, (ledger) => listGateways(work, ledger));
  return word === 'list' || word === 'show' ? look(work, ids[0], filters, limit) : change(work, word, ids, filters);
}

function look(work: PushWork, id: string | undefined, filters: PushFilters, limit: number): Promise<number> {
  return onView(work, (ledger) =>
    id === undefined ? listPushes(work, ledger, filters, limit) : showPush(work, ledger, id),
  );
}

async function onView(work: PushWork, show: (ledger: LedgerView) => Promise<number>): Promise<number> {
  const ledger = await openLedgerView(work.plan.store);
  try {
    return await show(ledger);
  } finally {
    await ledger.close();
  }
}

async function change(
  work: PushWork,
  word: 'retry' | 'drop',
  ids: readonly string[],
  filters: PushFilters,
): Promise<number> {
  const ledger = await openLedgerByHand(work.plan.store);
  try {
    return await changePushes(work, ledger, word, ids.length > 0 ? ids : filters);
  } finally {
    await ledger.close();
  }
}

/** `ids` is empty for `list`, and where options say which. @throws {Misuse} for what does not go together */
function readWords(line: CommandLine): { readonly word: Word; readonly ids: readonly string[] } {
  const [first = 'list', ...given] = line.arguments;
  const word = WORDS.find((one) => one === first);
  if (word === undefined) throw new Misuse(`no "pushes ${first}"; write list, show, retry, drop or gateways`);
  const ids = word === 'list' || word === 'gateways' ? [] : given.splice(0, word === 'show' ? 1 : given.length);
  const [surplus] = [...given, ...line.rest];
  if (surplus !== undefined) throw new Misuse(`pushes ${word} takes no argument "${surplus}"`);
  for (const [other, names] of Object.entries(OPTIONS)) {
    const wrong = names.find((name) => line.has(name) && !OPTIONS[word].includes(name));
    if (wrong !== undefined) throw new Misuse(`pushes ${word} has no option "--${wrong}"; pushes ${other} has`);
  }
  if (word === 'show' && ids.length === 0) throw new Misuse('pushes show needs an id; pushes list shows them');
  if (word === 'retry' || word === 'drop') checkMeant(line, word, ids);
  return { word, ids: [...new Set(ids)] };
}

/** Nobody changes all of them because an id was forgotten. */
function checkMeant(line: CommandLine, word: string, ids: readonly string[]): void {
  const option = SELECTING.find((name) => line.has(name));
  if (ids.length === 0 && option === undefined) {
    throw new Misuse(
      `pushes ${word} needs ids, which pushes list shows, or --state, --target, --since, --reference or --all`,
    );
  }
  if (ids.length > 0 && option !== undefined) {
    throw new Misuse(`pushes ${word} takes ids or --${option}, not both`);
  }
}

function limitOf(line: CommandLine): number {
  const written = line.value('limit') ?? '50';
  if (!/^[1-9]\d{0,5}$/.test(written)) throw new Misuse('--limit must be a number from 1 to 999999; write --limit=50');
  return Number(written);
}
