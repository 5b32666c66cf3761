/** Small adapters for the tests of the configuration: every kind of setting that an adapter can have. */

import { z } from 'zod';
import type { AdapterTable } from '../../src/config/load.ts';
import { defineAdapter } from '../../src/contract/index.ts';

const source = { check: async () => {} };

/** A file, like CSV or SQLite. */
export const list = defineAdapter({
  name: 'list',
  title: 'List',
  settings: z.strictObject({
    file: z
      .string()
      .min(1)
      .meta({ description: 'The file.', examples: ['customers.csv'] }),
    delimiter: z.string().length(1).default(',').describe('What stands between values.'),
    skip: z.int().min(0).max(100).default(0).describe('Lines to pass over.'),
    header: z.boolean().default(true).describe('Whether the first line has the names.'),
  }),
  open: () => source,
});

/** A server, with secrets and with two forms of search. */
export const directory = defineAdapter({
  name: 'directory',
  title: 'Directory',
  settings: z.strictObject({
    url: z.url(),
    bindPassword: z.string().min(8),
    headers: z.record(z.string(), z.string()).default({}),
    scope: z.enum(['base', 'one', 'subtree']).default('subtree'),
    search: z
      .union([
        z.strictObject({ table: z.string(), columns: z.array(z.string()).optional() }),
        z.strictObject({ query: z.string().refine((text) => text.startsWith('SELECT'), 'must begin with SELECT') }),
      ])
      .optional(),
    tag: z
      .string()
      .refine((text) => text !== 'no', { error: (issue) => `the tag ${String(issue.input)} is taken` })
      .optional(),
  }),
  open: () => source,
});

/** The table, and the words that were imported. */
export function testAdapters(): { readonly adapters: AdapterTable; readonly imported: string[] } {
  const imported: string[] = [];
  const adapters: AdapterTable = {
    list: async () => {
      imported.push('list');
      return list;
    },
    directory: async () => {
      imported.push('directory');
      return directory;
    },
  };
  return { adapters, imported };
}
