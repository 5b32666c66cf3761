/** `sources.NAME:` The keys that every source has; the others belong to its adapter. */

import * as z from 'zod';
import { type Adapter, duration, KINDS, milliseconds } from '../../contract/index.ts';
import type { SourcePlan } from '../../gateway/plan.ts';
import type { IndexPlan } from '../../gateway/sources/customer-index.ts';
import { DEFAULTS, LIMITS } from '../defaults.ts';
import { calledHere } from '../synonyms.ts';
import { IF_RIGHT, mistake } from './common.ts';

/** What Day.js reads in a format. Other letters would be taken for a misspelling; in square brackets they stand for themselves. */
const DATE_PARTS: ReadonlySet<string> = new Set(
  'YYYY YY MMMM MMM MM M DD D HH H hh h mm m ss s SSS A a ZZ Z'.split(' '),
);
const SAME_LETTERS = /Y+|M+|D+|H+|h+|m+|s+|S+|Z+|[A-Za-z]/g;

function formatMistake(format: string): string | undefined {
  const parts = format.replace(/\[[^[\]]*\]/g, '').match(SAME_LETTERS) ?? [];
  if (!parts.every((part) => DATE_PARTS.has(part))) {
    return 'is no format of dates; write how the text looks, with DD, MM, YYYY, HH and mm: DD.MM.YYYY';
  }
  if (parts.filter((part) => /^M+$/.test(part)).length > 1) {
    return 'has the month (MM) twice; minutes are mm: DD.MM.YYYY HH:mm';
  }
  return /Y/.test(format) && /M/.test(format) && /D/.test(format)
    ? undefined
    : 'needs the day (DD), the month (MM) and the year (YYYY)';
}

const formats = z.record(z.string().min(1).max(200), z.string().min(6).max(60).superRefine(mistake(formatMistake)));

const breaker = z
  .strictObject({
    failures: z
      .int()
      .min(1)
      .max(LIMITS.breakerFailures)
      .meta({ description: 'So many failures in a row open it.', examples: [DEFAULTS.breakerFailures] })
      .default(DEFAULTS.breakerFailures),
    retry: duration('1s', '1h')
      .meta({ description: 'So long after it has opened, the system is asked for a sign of life.', examples: ['5s'] })
      .prefault(DEFAULTS.breakerRetry),
    longest: duration('1s', '1d')
      .meta({ description: 'Each wait is twice the one before, up to this.', examples: ['1m'] })
      .prefault(DEFAULTS.breakerLongest),
  })
  .refine(({ retry, longest }) => retry <= longest, {
    ...IF_RIGHT,
    path: ['longest'],
    error: 'is shorter than retry, the first wait; write the same time or a longer one',
  })
  .meta({
    description: 'When a system that fails is left alone, and when it is asked again.',
    examples: [{ failures: DEFAULTS.breakerFailures, retry: '5s', longest: '1m' }],
  });

const cache = z
  .strictObject({
    fresh: duration('0s', '1h')
      .meta({ description: 'So long an answer is given again without asking.', examples: ['30s'] })
      .prefault(DEFAULTS.cacheFresh),
    stale: duration('0s', '30d')
      .meta({ description: 'So long an answer is kept for when the system fails.', examples: ['1d'] })
      .prefault(DEFAULTS.cacheStale),
    entries: z
      .int()
      .min(1)
      .max(LIMITS.cacheEntries)
      .meta({ description: 'At most so many answers are kept.', examples: [DEFAULTS.cacheEntries] })
      .default(DEFAULTS.cacheEntries),
  })
  .refine(({ fresh, stale }) => fresh <= stale, {
    ...IF_RIGHT,
    path: ['stale'],
    error: 'is shorter than fresh, for which an answer is kept anyway; write the same time or a longer one',
  })
  .meta({
    description: 'Answers that are kept in memory. Left out: none.',
    examples: [{ fresh: '30s', stale: '1d' }],
  });

const index = z
  .strictObject({
    every: duration('1s', '7d')
      .meta({ description: 'So often it is looked what has changed.', examples: [DEFAULTS.indexEvery] })
      .prefault(DEFAULTS.indexEvery),
    full: duration('1s', '30d')
      .meta({
        description: 'So often everything is read again, which finds what was removed.',
        examples: [DEFAULTS.indexFull],
      })
      .prefault(DEFAULTS.indexFull),
    use: z
      .enum(['when-down', 'always'])
      .meta({
        description:
          'Whether the index answers only when the system fails or rests, or always. Left out: when-down, unless the adapter says otherwise.',
        examples: ['when-down'],
      })
      .optional(),
    miss: z
      .enum(['nobody', 'live'])
      .meta({
        description:
          'With use: always, what is done for whom the index does not find: nothing, or the system is asked.',
        examples: ['live'],
      })
      .default('nobody'),
    updated: z
      .string()
      .min(1)
      .max(200)
      .meta({ description: 'The field with the time of the last change.', examples: ['updated_at'] })
      .optional(),
    keep: duration('1h', '3650d')
      .meta({ description: 'With updated: records that have not changed for so long are not kept.', examples: ['90d'] })
      .optional(),
    fields: z
      .array(z.string().min(1).max(200))
      .max(200)
      .meta({ description: 'Fields that are kept beside those that are shown and searched.', examples: [['notes']] })
      .default([]),
  })
  .refine(({ every, full }) => every <= full, {
    ...IF_RIGHT,
    path: ['full'],
    error: 'is shorter than every; write the same time or a longer one',
  })
  .meta({
    description: "The gateway's own copy of what the system lists, searched in its place. Left out: none.",
    examples: [{ every: DEFAULTS.indexEvery, use: 'when-down' }],
  });

/**
 * The index of a source, but for its shape, which is a matter of all lookups.
 * @param usual what the adapter says of it
 * @param wrong is told of a key that does not go with the others, and why
 */
export function indexSettings(
  { every, full, miss, keep, ...own }: z.output<typeof index>,
  usual: Adapter['indexed'],
  wrong: (key: string, problem: string) => void,
): Omit<IndexPlan, 'shape'> {
  const { use = usual?.use ?? 'when-down', updated = usual?.updated } = own;
  if (keep !== undefined && updated === undefined) {
    wrong('keep', 'goes by the time of the last change; name its field: updated: updated_at');
  }
  if (use !== 'always' && miss !== 'nobody') {
    wrong('miss', 'is for an index that always answers; write use: always, or leave miss out');
  }
  return { everyMs: every, fullMs: full, use, miss, updated, keepMs: keep };
}

const KIND_NAMES: readonly string[] = KINDS;

/** `phone: tel2` for `tel2: phone`. */
function turnedRound({
  input,
  path,
}: {
  readonly input?: unknown;
  readonly path?: readonly PropertyKey[] | undefined;
}) {
  const key = String(path?.at(-1) ?? '');
  const names = Array.isArray(input) ? input : [input];
  const [first] = names;
  if (!KIND_NAMES.includes(key) || typeof first !== 'string' || first.length > 100 || calledHere(first, KINDS))
    return undefined;
  return `is a kind, and the field stands in front of it; write ${names.map((name) => `${name}: ${key}`).join(', ')}`;
}

const shape = {
  adapter: z
    .string()
    .min(1)
    .meta({ description: 'The kind of system.', examples: ['csv'] }),
  title: z
    .string()
    .min(1)
    .max(100)
    .meta({
      description: 'What staff call this system; stands in messages to them. Left out: the name of the adapter.',
      examples: ['Customer list'],
    })
    .optional(),
  timeout: duration('10ms', '2m')
    .meta({
      description: 'This source must answer within this time. Left out: within the deadline of the server.',
      examples: ['2s'],
    })
    .optional(),
  concurrency: z
    .int()
    .min(1)
    .max(LIMITS.concurrency)
    .meta({
      description: 'At most so many questions at once; the others wait in turn.',
      examples: [DEFAULTS.concurrency],
    })
    .optional(),
  traceparent: z
    .boolean()
    .meta({
      description: 'Whether HTTP requests to it carry the header traceparent, where traces are on.',
      examples: [true],
    })
    .optional(),
  breaker: breaker.optional(),
  cache: cache.optional(),
  index: index.optional(),
  kinds: z
    .record(z.string().min(1).max(200), z.enum(KINDS, { error: turnedRound }))
    .meta({
      description: 'How the values of fields are meant, where their names do not tell.',
      examples: [{ kdnr: 'code', tel2: 'phone' }],
    })
    .optional(),
  dates: z
    .union([formats, z.array(z.unknown())])
    .meta({
      title: 'a map of fields and their formats',
      description: 'Fields with dates as texts, and how these are written.',
      examples: [{ contract_end: 'DD.MM.YYYY' }],
    })
    .optional(),
};

/** Without the settings of the adapter, which are passed over. */
export const sourceSection = z.looseObject(shape).meta({ examples: [{ adapter: 'csv', file: 'customers.csv' }] });

/** The keys of {@link sourceSection}. */
export const SOURCE_KEYS: readonly string[] = Object.keys(shape);

/** Those of them that a source has. A list of `dates` is the adapter's own: columns that hold dates as numbers. */
export function keysOfEverySource(dates: unknown): readonly string[] {
  return Array.isArray(dates) ? SOURCE_KEYS.filter((key) => key !== 'dates') : SOURCE_KEYS;
}

/** How a source is asked, from its section; `holdsData`: its data are in our memory, and need no turn. */
export function askingPlan(
  { concurrency, breaker, cache }: Pick<z.output<typeof sourceSection>, 'concurrency' | 'breaker' | 'cache'>,
  holdsData: boolean,
): Pick<SourcePlan, 'concurrency' | 'breaker' | 'cache'> {
  return {
    concurrency: concurrency ?? (holdsData ? Number.POSITIVE_INFINITY : DEFAULTS.concurrency),
    breaker: {
      failures: breaker?.failures ?? DEFAULTS.breakerFailures,
      retryMs: breaker?.retry ?? milliseconds(DEFAULTS.breakerRetry),
      longestMs: breaker?.longest ?? milliseconds(DEFAULTS.breakerLongest),
    },
    cache: cache && { freshMs: cache.fresh, staleMs: cache.stale, entries: cache.entries },
  };
}

/** How texts that are dates are written, by field. */
export function dateFormats(dates: z.output<typeof sourceSection>['dates']): ReadonlyMap<string, string> {
  return new Map(dates === undefined || Array.isArray(dates) ? [] : Object.entries(dates));
}
