/** CSV files: the oldest way to hand customer data over, indexed in memory and followed when it changes. See docs/adapters/csv.md. */
import { closest } from 'fastest-levenshtein';
import * as z from 'zod';
import {
  type Criterion,
  defineAdapter,
  duration,
  type Order,
  type Services,
  type Source,
  SourceError,
} from '../../src/contract/index.ts';
import { ENCODINGS } from './decode.ts';
import { listTable, refuseNoKey } from './list.ts';
import { type FollowOptions, LiveFile } from './live-file.ts';
import type { FileFormat } from './read.ts';
import { search } from './search.ts';

const text = z.string().min(1);

const settings = z.strictObject({
  file: text.describe('The CSV file. A relative path counts from the folder of the configuration file.'),
  delimiter: z
    .enum([',', ';', '|', '\t', 'tab'])
    .optional()
    .describe('What stands between the values. Left out: the one of these that the first line has most of.'),
  quote: z
    .enum(['"', "'", 'none'])
    .default('"')
    .describe(
      'What stands around a value that has delimiters, quotes or line ends in it; "none" if the file has no such thing.',
    ),
  encoding: z
    .enum(ENCODINGS)
    .default('utf-8')
    .describe('How the file is encoded. A byte order mark at its beginning wins over this.'),
  columns: z
    .union([z.array(text).min(1), z.record(z.string().min(1), text)])
    .optional()
    .describe(
      'Left out: the first line names the fields. A list: the file has no such line, and these are the fields in their order. ' +
        'A mapping "field: column": the first line names the columns, and only these are read.',
    ),
  key: text
    .optional()
    .describe(
      'For an index: the field that tells each record from all others (a customer number). Left out: all that stands in its line.',
    ),
  skipLines: z
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(0)
    .describe('How many lines at the top of the file (a title, a date) are passed over.'),
  trim: z.boolean().default(true).describe('Whether spaces around a value are dropped.'),
  maxAge: duration('1m', '3650d', '2d')
    .optional()
    .describe(
      'Staff are told how old the data are when the file was written longer ago. Left out: they are never told.',
    ),
});

type Settings = z.output<typeof settings>;

export default defineAdapter({
  name: 'csv',
  title: 'CSV file',
  settings,
  readsAhead: true,
  isLocal: true,
  identifiedBy: ['file'],
  open: openCsv,
});

/** Opens a CSV source; the file is read when it is first needed. */
export function openCsv(settings: Settings, services: Services, follow?: FollowOptions): Source {
  const { maxAge: maxAgeMs, key, ...format } = settings;
  const file = new LiveFile(formatOf(format, services), services.log, { ...follow, maxAgeMs });
  const told = new Set<string>();
  const tellUnknown = (fields: readonly string[], criteria: readonly Criterion[]) => {
    for (const { field } of criteria) {
      if (fields.includes(field) || told.has(field)) continue;
      told.add(field);
      // In a lookup of several sources, a match step may be meant for another one.
      services.log.debug({ field, fields }, 'the CSV file has no such field; a search for it finds nobody');
    }
  };

  return {
    async check({ signal }) {
      const table = await file.table(signal);
      if (key !== undefined) refuseNoKey(table, key);
    },

    async find({ criteria, groups = [], order = [], limit }, { signal, notice }) {
      const table = await file.table(signal);
      const old = file.ageNotice();
      if (old !== undefined) notice?.(old);
      const conditions = [...criteria.map((criterion) => [criterion]), ...groups];
      tellUnknown(table.fields, conditions.flat());
      refuseUnknown(table.fields, order);
      return await search(table, { conditions, order, limit }, signal);
    },

    async *list(_query, { signal }) {
      yield* listTable(await file.table(signal), key, signal);
    },

    findsGroups: true,

    findsInOrder: true,

    parameters: [],

    state: () => file.state(),

    async fields({ signal }) {
      return (await file.table(signal)).fields.map((name) => ({ name }));
    },

    close: () => file.close(),
  };
}

/** An order is written for this file, so a field that it does not have is a mistake. @throws {SourceError} */
function refuseUnknown(fields: readonly string[], order: readonly Order[]): void {
  const unknown = order.find(({ field }) => !fields.includes(field));
  if (unknown === undefined) return;
  throw new SourceError('rejected', `the file has no column "${unknown.field}" to sort by`, {
    remedy: `did you mean "${closest(unknown.field, [...fields])}"? Its columns are ${fields.join(', ')}`,
  });
}

function formatOf(
  { file, delimiter, quote, ...format }: Omit<Settings, 'maxAge' | 'key'>,
  services: Services,
): FileFormat {
  return {
    ...format,
    path: services.resolve(file),
    delimiter: delimiter === 'tab' ? '\t' : delimiter,
    quote: quote === 'none' ? null : quote,
  };
}
