/** `helpspot-gateway pushes`: what the gateway keeps of pushes, beside a gateway that runs or without one. */
import { existsSync } from 'node:fs';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { redact } from '../config/secrets.ts';
import { UserError } from '../gateway/errors.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { type Ledger, PUSH_STATES, type PushRow } from '../gateway/push/ledger.ts';
import type { PushRequest } from '../gateway/push.ts';
import { openLedger } from '../store/ledger.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import { inJson } from './json.ts';
import { list, type Terminal, table } from './terminal.ts';

/** One call of the command. */
interface Work {
  readonly ledger: Ledger;
  readonly plan: GatewayPlan;
  readonly line: CommandLine;
  /** Writes to standard output, without a secret of the configuration. */
  say(text: string): void;
}

/** @returns the exit status: 0, or 1 when there is no such push or it cannot be done */
export async function pushes(line: CommandLine, terminal: Terminal): Promise<number> {
  const [word = 'list', id, ...extra] = line.arguments;
  const isList = word === 'list';
  const [surplus] = isList ? line.arguments.slice(1) : [...extra, ...line.rest];
  if (surplus !== undefined) throw new Misuse(`pushes ${word} takes no argument "${surplus}"`);
  const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
  if (!isList && action === undefined) throw new Misuse(`no "pushes ${word}"; write list, show, retry or drop`);
  if (!isList && id === undefined) throw new Misuse(`pushes ${word} needs an id; pushes list shows them`);
  const limit = limitOf(line);
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment);
  const say = (text: string) => void terminal.stdout.write(redact(text, plan.secrets));
  // To look is not to make one.
  if (!existsSync(plan.store.file)) {
    if (!isList) throw unknown(id ?? '', plan);
    say(line.has('json') ? inJson([]) : `There are no pushes: ${plan.store.file} is not there yet\n`);
    return 0;
  }
  const ledger = await openLedger(plan.store.file, { sends: false });
  try {
    const work = { ledger, plan, line, say };
    if (action === undefined || id === undefined) return listPushes(work, limit);
    const row = ledger.row(id);
    if (row === undefined) throw unknown(id, plan);
    return await action(work, row);
  } finally {
    await ledger.close();
  }
}

const ACTIONS: Readonly<Record<string, (work: Work, row: PushRow) => Promise<number> | number>> = {
  show,
  retry,
  drop,
};

function limitOf(line: CommandLine): number {
  const written = line.value('limit') ?? '50';
  if (!/^[1-9]\d{0,5}$/.test(written)) throw new Misuse('--limit must be a number from 1 to 999999; write --limit=50');
  return Number(written);
}

function unknown(id: string, plan: GatewayPlan): UserError {
  return new UserError(`there is no push ${id} in ${plan.store.file}; helpspot-gateway pushes lists them`);
}

function listPushes({ ledger, plan, line, say }: Work, limit: number): number {
  const state = PUSH_STATES.find((one) => one === line.value('state'));
  const states = state === undefined ? PUSH_STATES : [state];
  const rows = ledger.list({ target: line.value('target'), states, limit });
  if (line.has('json')) {
    say(inJson(rows.map((row) => asJson(row, plan))));
    return 0;
  }
  const cells = rows.map((row) => [
    row.id,
    row.target,
    row.state,
    row.xRequest,
    utc(row.createdAt),
    String(row.attempts),
    remark(row, plan),
  ]);
  say(table([['ID', 'TARGET', 'STATE', 'REQUEST', 'TAKEN (UTC)', 'TRIES', 'REMARK'], ...cells]));
  if (rows.length === limit) say(`\nOnly the newest ${limit} are shown; --limit=COUNT shows more\n`);
  return 0;
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

function show({ ledger, plan, line, say }: Work, row: PushRow): number {
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

async function retry({ ledger, plan, say }: Work, row: PushRow): Promise<number> {
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

async function drop({ ledger, say }: Work, row: PushRow): Promise<number> {
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
