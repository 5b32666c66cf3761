/** `helpspot-gateway index list` and `index show NAME`. */
import { statSync } from 'node:fs';
import { freshnessOf, type IndexShape, type IndexState } from '../gateway/sources/customer-index.ts';
import { ago, clock } from '../kit/text/index.ts';
import { inJson } from './json.ts';
import type { IndexedOne, IndexWork } from './source-index-work.ts';
import { list, table } from './terminal.ts';
import { cutTo, printable } from './text-width.ts';

/** In columns: a line of the table stays one on most screens; `index show` has all of it. */
const WIDEST_STATE = 120;

/** @returns the exit status */
export function listIndexes({ sources, file, fault, line, say }: IndexWork): number {
  const now = Date.now();
  const all = [...sources.values()];
  if (line.has('json')) {
    say(inJson(all.map((one) => asJson(one, now, fault))));
    return statusOf(fault);
  }
  if (all.length === 0) {
    say('No source has an index; sources.NAME.index in the configuration gives it one\n');
    return 0;
  }
  const cells = all.map((one) => [
    one.name,
    one.plan?.index?.use ?? '',
    String(one.row?.records ?? 0),
    since(one.row && freshnessOf(one.row)?.at, now),
    since(one.row?.fullAt, now),
    cutTo(WIDEST_STATE, printable(stateText(one, now, fault !== undefined))),
  ]);
  say(table([['SOURCE', 'USE', 'RECORDS', 'DATA FROM', 'LAST FULL RUN', 'STATE'], ...cells]));
  if (fault !== undefined) say(`\nThe index ${file} ${printable(fault)}\n`);
  return statusOf(fault);
}

/** @returns the exit status */
export function showIndex({ file, fault, line, say }: IndexWork, one: IndexedOne): number {
  const now = Date.now();
  const bytes = sizeOf(file);
  if (line.has('json')) {
    say(inJson({ ...asJson(one, now, fault), ...shapeAsJson(one), file, fileBytes: bytes }));
    return statusOf(fault);
  }
  const { name, plan, row } = one;
  const { index } = plan ?? {};
  const { run } = row ?? {};
  const facts: [string, string | undefined][] = [
    ['source', name],
    [
      'use',
      index?.use === 'always' && index.miss === 'live'
        ? 'always; the system is asked for whom it does not find'
        : index?.use,
    ],
    ['state', fault === undefined ? stateText(one, now, false) : `the file ${printable(fault)}`],
    ['records', String(row?.records ?? 0)],
    ['left out', row === undefined || row.leftOut === 0 ? undefined : `${row.leftOut}, which are too large`],
    ['data from', since(row && freshnessOf(row)?.at, now)],
    ['complete', completeText(row, now)],
    ['last full run', since(row?.fullAt, now)],
    ['run', run === undefined ? undefined : runText(run, now)],
    ['fields', index === undefined ? undefined : keptText(index.shape)],
    ['searched by', index === undefined ? undefined : searchedText(index.shape)],
    ['file', `${file}${bytes === undefined ? ' (not there yet)' : ` (${sizeText(bytes)}, of all sources)`}`],
  ];
  say(list(facts.flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, value]]))));
  return statusOf(fault);
}

/** A file that cannot be used is a failure, also of who only looks. */
function statusOf(fault: string | undefined): number {
  return fault === undefined ? 0 : 1;
}

/** "11:58, 6 minutes ago"; "never". In the time zone of this machine. */
function since(at: number | undefined, now: number): string {
  return at === undefined ? 'never' : `${clock(at, now)}, ${ago(at, now)}`;
}

type Standing = 'failed' | 'running' | 'interrupted' | 'following' | 'waiting' | 'unusable';

function standingOf(row: IndexState | undefined, now: number): Standing {
  const isFollowed = row !== undefined && row.ownedUntil > now;
  if (row?.problem !== undefined) return 'failed';
  if (row?.run !== undefined) return isFollowed ? 'running' : 'interrupted';
  return isFollowed ? 'following' : 'waiting';
}

function stateText({ name, plan, row }: IndexedOne, now: number, isUnusable: boolean): string {
  if (plan === undefined) return 'has no index in the configuration any more; a gateway that starts removes it';
  const began = row?.run === undefined ? '' : clock(row.run.began, now);
  const by = row?.follower === undefined ? '' : `, by ${row.follower}`;
  const texts: Readonly<Record<Standing, string>> = {
    failed: `failed, and is tried again: ${row?.problem}`,
    running: `running since ${began}${by}`,
    interrupted: `interrupted; began ${began}, and goes on when a gateway serves`,
    following: `following${by}`,
    waiting:
      row === undefined
        ? 'waiting: a gateway that serves begins it, and says in its log why it cannot'
        : 'waiting: no gateway serves it',
    unusable: 'unusable: see below',
  };
  const held = row?.held ?? 0;
  const asks = held === 0 ? '' : `asks before it removes ${held}: helpspot-gateway index accept ${name}`;
  return [asks, texts[isUnusable ? 'unusable' : standingOf(row, now)]].filter((text) => text !== '').join('; ');
}

function runText({ since: mark, began, read = 0, changed = 0 }: NonNullable<IndexState['run']>, now: number): string {
  const what = mark === undefined ? 'everything' : 'what has changed';
  return `${what}, began ${since(began, now)}; ${read} read, ${changed} of them new or changed`;
}

/** Of an index that answers though its first run goes on. */
function completeText(row: IndexState | undefined, now: number): string | undefined {
  const from = row && freshnessOf(row)?.since;
  return from === undefined ? undefined : `since ${clock(from, now)}; older ones are still being read`;
}

function keptText({ kept, fields }: IndexShape): string {
  if (kept === undefined) return 'all, since a lookup or a table shows all of them';
  return [...new Set([...kept, ...fields.map(({ name }) => name)])].sort().join(', ');
}

function searchedText({ fields }: IndexShape): string {
  return [...waysOf(fields)].map(([name, ways]) => `${name} (${[...ways].join(', ')})`).join('\n');
}

/** A field may be searched as several kinds. */
function waysOf(fields: IndexShape['fields']): ReadonlyMap<string, ReadonlySet<string>> {
  const ways = new Map<string, Set<string>>();
  for (const { name, matches } of fields) ways.set(name, new Set([...(ways.get(name) ?? []), ...matches]));
  return ways;
}

/** With what SQLite has beside it. Undefined: it is not there. */
function sizeOf(file: string): number | undefined {
  const sizes = ['', '-wal', '-shm'].map((ending) => statSync(file + ending, { throwIfNoEntry: false })?.size);
  return sizes[0] === undefined ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function asJson({ name, plan, row }: IndexedOne, now: number, fault: string | undefined): object {
  const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
  const state: Standing = fault === undefined ? standingOf(row, now) : 'unusable';
  const { records = 0, leftOut = 0, held = 0, fullAt, run, problem } = row ?? {};
  const { at, since: completeSince } = (row && freshnessOf(row)) ?? {};
  return {
    ...{ source: name, configured: plan !== undefined, use: plan?.index?.use, records, leftOut, held },
    ...{
      dataFrom: iso(at),
      completeSince: iso(completeSince),
      lastFullRun: iso(fullAt),
      state,
      problem: fault ?? problem,
      follower: row?.follower,
    },
    ...(run !== undefined && {
      run: { full: run.since === undefined, began: iso(run.began), read: run.read ?? 0, changed: run.changed ?? 0 },
    }),
  };
}

function shapeAsJson({ plan }: IndexedOne): object {
  const shape = plan?.index?.shape;
  if (shape === undefined) return {};
  const searched = Object.fromEntries([...waysOf(shape.fields)].map(([name, ways]) => [name, [...ways]]));
  return { fields: shape.kept ?? 'all', searched };
}
