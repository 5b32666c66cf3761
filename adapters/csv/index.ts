/** CSV files: the oldest way to hand customer data over, indexed in memory and followed when it changes. See docs/adapters/csv.md. */

import {
  type CallContext,
  defineAdapter,
  type FindQuery,
  type Services,
  type Source,
} from '../../src/contract/index.ts';
import { type FollowOptions, LiveFile } from './live-file.ts';
import type { FileFormat } from './read.ts';
import { search } from './search.ts';
import { type Settings, settings } from './settings.ts';

export default defineAdapter({ name: 'csv', title: 'CSV file', settings, open: openCsv });

/** Opens a CSV source; the file is read when it is first needed. */
export function openCsv(settings: Settings, services: Services, follow?: FollowOptions): Source {
  const file = new LiveFile(formatOf(settings, services), services.log, follow);
  const unknownFields = new Set<string>();

  return {
    async check({ signal }) {
      await file.table(signal);
    },

    async find({ criteria, limit }: FindQuery, { signal }: CallContext) {
      const table = await file.table(signal);
      for (const { field } of criteria) {
        if (table.fields.includes(field) || unknownFields.has(field)) continue;
        unknownFields.add(field);
        // No error: in a lookup of several sources, a match step may be meant for another one.
        services.log.warn(
          { field, fields: table.fields },
          'the CSV file has no such field; a search for it finds nobody',
        );
      }
      return await search(table, criteria, limit, signal);
    },

    close: () => file.close(),
  };
}

function formatOf(settings: Settings, services: Services): FileFormat {
  const { file, delimiter, quote, encoding, columns, skipLines, trim } = settings;
  return {
    path: services.resolve(file),
    delimiter: delimiter === 'tab' ? '\t' : delimiter,
    quote: quote === 'none' ? null : quote,
    encoding,
    columns,
    skipLines,
    trim,
  };
}
