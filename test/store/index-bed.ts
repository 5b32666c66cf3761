/** A file of an index, called as the thread does that writes. */
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { IndexShape } from '../../src/gateway/sources/customer-index.ts';
import { IndexReader } from '../../src/store/index-file/reading.ts';
import { beginRun } from '../../src/store/index-file/tasks.ts';
import { context } from '../support/open-source.ts';
import { temporaryFolder } from '../support/temp.ts';

export const SHAPE: IndexShape = {
  fields: ['id', 'name', 'phone'].map((name) => ({ name, matches: ['exact'] })),
  ...{ kept: undefined, country: 'DE' },
};

/** One that nobody follows yet, of the source `crm`. */
export async function indexBed() {
  const file = join(await temporaryFolder(), 'index.db');
  const writer = { file, source: 'crm', owner: 'me' };
  const reader = new IndexReader(file);
  onTestFinished(() => reader.close());
  const begin = (since?: string) => beginRun({ ...writer, since, anew: true });
  const state = async () => (await reader.state('crm')) ?? expect.unreachable();
  /** By a value that is the same, or all. */
  const find = async (field?: string, value = '') => {
    const criteria = field === undefined ? [] : [{ field, match: 'exact' as const, value, country: 'DE' }];
    return (await reader.find(await state(), { criteria, limit: 2_000, parameters: {} }, context())) ?? [];
  };
  return { file, writer, begin, state, find };
}
