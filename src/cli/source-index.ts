/** `helpspot-gateway index`: what the gateway keeps of what sources list, beside a gateway that runs or without one. */

import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { suggestion } from '../config/names.ts';
import { redact, UserError } from '../contract/index.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { indexFault } from '../store/index-file/fault.ts';
import { IndexReader } from '../store/index-file/reading.ts';
import type { SourceRow } from '../store/index-file/rows.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import { changeIndexOf } from './source-index-change.ts';
import { deletePeople, findPeople } from './source-index-people.ts';
import { listIndexes, showIndex } from './source-index-show.ts';
import type { IndexedOne, IndexWork } from './source-index-work.ts';
import type { Terminal } from './terminal.ts';

/** What may go with each word. */
const WORDS = {
  list: ['json'],
  show: ['json'],
  rebuild: [],
  empty: ['yes'],
  accept: [],
  find: ['limit', 'json'],
  delete: ['yes'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type Word = keyof typeof WORDS;
const EVERY_WORD = ['list', 'show', 'rebuild', 'empty', 'accept', 'find', 'delete'] as const satisfies readonly Word[];

/** @returns the exit status: 0, or 1 when there is no such index or it cannot be done */
export async function sourceIndex(line: CommandLine, terminal: Terminal): Promise<number> {
  const { word, given } = readWords(line);
  const limit = limitOf(line);
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment);
  const file = plan.store.index;
  if (file === undefined) throw new UserError('no file is named in store.index');
  const reader = new IndexReader(file);
  try {
    const say = (text: string) => void terminal.stdout.write(redact(text, plan.secrets));
    const fault = await indexFault(file);
    const isLook = word === 'list' || word === 'show';
    // Of a file that cannot be read nobody may say that somebody is not in it.
    if (fault !== undefined && !isLook) throw new UserError(`the index ${file} ${fault}`);
    const sources = sourcesOf(plan, fault === undefined ? await reader.states() : []);
    const work: IndexWork = { plan, file, reader, fault, sources, line, terminal, say };
    if (word === 'list') return listIndexes(work);
    if (word === 'find') return await findPeople(work, given, limit);
    if (word === 'delete') return await deletePeople(work, given);
    const one = named(work, given[0] ?? '');
    return word === 'show' ? await showIndex(work, one) : await changeIndexOf(work, word, one);
  } finally {
    reader.close();
  }
}

function sourcesOf(plan: GatewayPlan, rows: readonly SourceRow[]): ReadonlyMap<string, IndexedOne> {
  const planned = [...plan.sources.values()].filter(({ index }) => index !== undefined).map(({ name }) => name);
  const names = new Set([...planned, ...rows.map(({ name }) => name)]);
  const one = (name: string): IndexedOne => ({
    name,
    plan: planned.includes(name) ? plan.sources.get(name) : undefined,
    row: rows.find((row) => row.name === name),
  });
  return new Map([...names].map((name) => [name, one(name)]));
}

/** @throws {UserError} where it has no index */
function named({ plan, sources }: IndexWork, name: string): IndexedOne {
  const one = sources.get(name);
  if (one !== undefined) return one;
  if (plan.sources.has(name)) {
    throw new UserError(`source ${name} has no index; write sources.${name}.index to give it one`);
  }
  const names = [...sources.keys()];
  throw new UserError(`there is no source "${name}"; ${suggestion(name, names, 'sources with an index')}`);
}

/** @throws {Misuse} for what does not go together */
function readWords(line: CommandLine): { readonly word: Word; readonly given: readonly string[] } {
  const [first = 'list', ...words] = line.arguments;
  const word = EVERY_WORD.find((one) => one === first);
  if (word === undefined) throw new Misuse(`no "index ${first}"; write ${EVERY_WORD.join(', ')}`);
  const given = [...words, ...line.rest];
  const allowed: readonly string[] = WORDS[word];
  for (const [other, names] of Object.entries(WORDS)) {
    const wrong = names.find((name) => line.has(name) && !allowed.includes(name));
    if (wrong !== undefined) throw new Misuse(`index ${word} has no option "--${wrong}"; index ${other} has`);
  }
  if (word === 'find' || word === 'delete') {
    if (given.length > 0) return { word, given };
    throw new Misuse(`index ${word} needs whom: a text, or FIELD=VALUE, such as email=bob@example.com`);
  }
  const surplus = given[word === 'list' ? 0 : 1];
  if (surplus !== undefined) throw new Misuse(`index ${word} takes no argument "${surplus}"`);
  if (word !== 'list' && given.length === 0) throw new Misuse(`index ${word} needs a source; index list shows them`);
  return { word, given };
}

function limitOf(line: CommandLine): number {
  const written = line.value('limit') ?? '50';
  if (!/^[1-9]\d{0,3}$/.test(written)) throw new Misuse('--limit must be a number from 1 to 9999; write --limit=50');
  return Number(written);
}
