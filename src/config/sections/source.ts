/** `sources.NAME:` The keys that every source has; the others belong to its adapter. */

import * as z from 'zod';
import { duration, KINDS } from '../../contract/index.ts';
import { calledHere } from '../synonyms.ts';
import { mistake } from './common.ts';

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

/** How texts that are dates are written, by field. */
export function dateFormats(dates: z.output<typeof sourceSection>['dates']): ReadonlyMap<string, string> {
  return new Map(dates === undefined || Array.isArray(dates) ? [] : Object.entries(dates));
}
