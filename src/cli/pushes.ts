/** `helpspot-gateway pushes`: what the gateway keeps of pushes, beside a gateway that runs or without one. */

import { existsSync } from 'node:fs';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { suggestion } from '../config/names.ts';
import { type PushRequest, redact, UserError } from '../contract/index.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { type Ledger, PUSH_STATES, type PushRow } from '../gateway/push/ledger.ts';
import { type LedgerView, openLedger, viewLedger } from '../store/ledger.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import { inJson } from './json.ts';
import { list, type Terminal, table } from './terminal.ts';
import { cutTo, printable } from './text-width.ts';

/** In columns: a line of the table stays one on most screens; `pushes show` has all of it. */
const WIDEST_REQUEST = 20;
const WIDEST_REMARK = 100;

/** One call of the command. */
interface Work {
  readonly plan: GatewayPlan;
  readonly line: CommandLine;
  /** Writes to standard output, without a secret of the configuration. */
  say(text: string): void;
}

/** What may go with each word. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  list: ['target', 'state', 'limit', 'json'],
  show: ['body', 'json'],
  retry: [],
  drop: [],
};

/** @returns the exit status: 0, or 1 when there is no such push or it cannot be done */
export async function pushes(line: CommandLine, terminal: Terminal): Promise<number> {
  const { word, id } = readWords(line);
  const limit = limitOf(line);
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment);
  const work = { plan, line, say: (text: string) => void terminal.stdout.write(redact(text, plan.secrets)) };
  // To look is not to make one.
  if (!existsSync(plan.store.file)) {
    if (id !== undefined) throw unknown(id, plan);
    const target = line.value('target');
    if (target !== undefined && !plan.push.has(target)) throw unknownTarget(target, plan);
    return listNothing(work, `There are no pushes: ${plan.store.file} is not there yet`);
  }
  if (word === 'retry' || word === 'drop') return await change(word === 'retry' ? retry : drop, work, id ?? '');
  const ledger = await viewLedger(plan.store.file);
  try {
    return id === undefined ? listPushes(work, ledger, limit) : show(work, ledger, rowOf(ledger, id, plan));
  } finally {
    ledger.close();
  }
}

/** `id` is undefined for `list` only. @throws {Misuse} for what does not go together */
function readWords(line: CommandLine): { readonly word: string; readonly id: string | undefined } {
  const [word = 'list', ...given] = line.arguments;
  const allowed = Object.hasOwn(OPTIONS, word) ? OPTIONS[word] : undefined;
  if (allowed === undefined) throw new Misuse(`no "pushes ${word}"; write list, show, retry or drop`);
  const ids = word === 'list' ? [] : given.splice(0, 1);
  const [surplus] = [...given, ...line.rest];
  if (surplus !== undefined) throw new Misuse(`pushes ${word} takes no argument "${surplus}"`);
  if (word !== 'list' && ids.length === 0) throw new Misuse(`pushes ${word} needs an id; pushes list shows them`);
  for (const [other, names] of Object.entries(OPTIONS)) {
    const wrong = names.find((name) => line.has(name) && !allowed.includes(name));
    if (wrong !== undefined) throw new Misuse(`pushes ${word} has no option "--${wrong}"; pushes ${other} has`);
  }
  return { word, id: ids[0] };
}

async function change(
  action: (work: Work, ledger: Ledger, row: PushRow) => Promise<number>,
  work: Work,
  id: string,
): Promise<number> {
  const ledger = await openLedger(work.plan.store.file, { sends: false });
  try {
    return await action(work, ledger, rowOf(ledger, id, work.plan));
  } finally {
    await ledger.close();
  }
}

function rowOf(ledger: Pick<Ledger, 'row'>, id: string, plan: GatewayPlan): PushRow {
  const row = ledger.row(id);
  if (row === undefined) throw unknown(id, plan);
  return row;
}

function limitOf(line: CommandLine): number {
  const written = line.value('limit') ?? '50';
  if (!/^[1-9]\d{0,5}$/.test(written)) throw new Misuse('--limit must be a number from 1 to 999999; write --limit=50');
  return Number(written);
}

function unknown(id: string, plan: GatewayPlan): UserError {
  return new UserError(`there is no push ${id} in ${plan.store.file}; helpspot-gateway pushes lists them`);
}

function listPushes(work: Work, ledger: LedgerView, limit: number): number {
  const { plan, line, say } = work;
  const target = line.value('target');
  const state = PUSH_STATES.find((one) => one === line.value('state'));
  // One more tells whether there are more.
  const found = ledger.list({ target, states: state === undefined ? PUSH_STATES : [state], limit: limit + 1 });
  const rows = found.slice(0, limit);
  if (rows.length === 0) {
    // A target that is not configured any more may have rows in other states.
    const isKnown = target === undefined || plan.push.has(target) || ledger.list({ target, limit: 1 }).length > 0;
    if (!isKnown) throw unknownTarget(target, plan);
    return listNothing(work, 'There are no pushes');
  }
  if (line.has('json')) {
    say(inJson(rows.map((row) => asJson(row, plan))));
    return 0;
  }
  const cells = rows.map((row) => [
    row.id,
    row.target,
    row.state,
    cutTo(WIDEST_REQUEST, printable(row.xRequest)),
    utc(row.createdAt),
    String(row.attempts),
    cutTo(WIDEST_REMARK, printable(remark(row, plan))),
  ]);
  say(table([['ID', 'TARGET', 'STATE', 'REQUEST', 'TAKEN (UTC)', 'TRIES', 'REMARK'], ...cells]));
  if (found.length > limit) say(`\nOnly the newest ${limit} are shown; --limit=COUNT shows more\n`);
  return 0;
}

/** An empty list, which says what was looked for. */
function listNothing({ line, say }: Work, words: string): number {
  const filters = [line.value('target'), line.value('state')].filter((filter) => filter !== undefined);
  const of = filters.length === 0 ? '' : ` (looked for: ${filters.join(', ')})`;
  say(line.has('json') ? inJson([]) : `${words}${of}\n`);
  return 0;
}

function unknownTarget(name: string, plan: GatewayPlan): UserError {
  return new UserError(`there is no push target "${name}"; ${suggestion(name, [...plan.push.keys()], 'push targets')}`);
}

/** What a person wants to know of it in one line. */
function remark(row: PushRow, plan: GatewayPlan): string {
  if (isOpen(row) && !plan.push.has(row.target)) return 'no such push target any more';
  if (row.state === 'done') return row.receipt?.id ?? '';
  const next = row.state === 'waiting' ? `next at ${utc(row.nextAt)}` : '';
  return [next, row.trouble?.problem].filter((part) => part !== undefined && part !== '').join('; ');
}

function isOpen({ state }: PushRow): boolean {
  return state !== 'done' && state !== 'dropped';
}

function show({ plan, line, say }: Work, ledger: LedgerView, row: PushRow): number {
  const request = line.has('body') ? ledger.request(row.id) : undefined;
  const gone = line.has('body') && request === undefined;
  if (line.has('json')) {
    say(inJson({ ...asJson(row, plan), ...(request !== undefined && { pushed: asPushed(request) }) }));
    return 0;
  }
  say(list(facts(row, plan)));
  if (gone) say('\nWhat was pushed is not kept any more\n');
  if (request !== undefined) {
    const fields = Object.entries(request.fields).map(([name, value]): [string, string] => [name, value]);
    say(`\n${list([...fields, ...request.files.map(({ name }): [string, string] => ['file', name])])}`);
    say(list([['body', request.body]]));
  }
  return 0;
}

function facts(row: PushRow, plan: GatewayPlan): [string, string][] {
  const all: [string, string | undefined][] = [
    ['id', row.id],
    ['target', plan.push.has(row.target) ? row.target : `${row.target} (no such push target any more)`],
    ['state', row.unsure ? `${row.state}; an attempt may have arrived` : row.state],
    ['request', row.xRequest],
    ['title', row.title],
    ['taken', utc(row.createdAt)],
    ['changed', utc(row.changedAt)],
    ['tries', String(row.attempts)],
    ['next try', row.state === 'waiting' ? utc(row.nextAt) : undefined],
    ['given up at', row.state === 'waiting' ? utc(row.giveUpAt) : undefined],
    ['last trouble', row.trouble?.problem],
    ['id there', row.receipt?.id],
    ['link', row.receipt?.link],
  ];
  return all.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]]));
}

async function retry({ plan, say }: Work, ledger: Ledger, row: PushRow): Promise<number> {
  const target = plan.push.get(row.target);
  if (target === undefined) {
    throw new UserError(`there is no push target ${row.target} any more; put it back into push, or drop the push`);
  }
  if (!(await ledger.retry(row.id, target.retry.giveUpAfterMs))) {
    throw new UserError(`${row.id} is ${row.state}; only what waits, failed or is unclear can be sent again`);
  }
  say(`${row.id} is sent again as soon as a gateway runs\n`);
  return 0;
}

async function drop({ say }: Work, ledger: Ledger, row: PushRow): Promise<number> {
  if (!(await ledger.drop(row.id))) {
    throw new UserError(`${row.id} is ${row.state}; only what waits, failed or is unclear can be dropped`);
  }
  say(`${row.id} is dropped\n`);
  return 0;
}

function asJson(row: PushRow, plan: GatewayPlan): object {
  const { id, target, mode, state, xRequest, title, attempts, unsure, trouble, receipt } = row;
  return {
    ...{ id, target, knownTarget: plan.push.has(target), mode, state, unsure, xRequest, title, attempts },
    takenAt: iso(row.createdAt),
    changedAt: iso(row.changedAt),
    ...(state === 'waiting' && { nextAt: iso(row.nextAt), giveUpAt: iso(row.giveUpAt) }),
    ...(trouble !== undefined && { trouble: { kind: trouble.kind, problem: trouble.problem } }),
    ...(receipt !== undefined && { receipt }),
  };
}

function asPushed({ title, body, fields, files }: PushRequest): object {
  return { title, body, fields, files: files.map(({ name, type }) => ({ name, type })) };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function utc(time: number): string {
  return iso(time).slice(0, 19).replace('T', ' ');
}
