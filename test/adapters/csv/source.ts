import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import csv, { openCsv } from '../../../adapters/csv/index.ts';
import type { Criterion, MatchKind, Source, SourceRecord } from '../../../src/contract/index.ts';
import { type RecordedLog, recordedLog } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temp.ts';

/** A CSV source on a real file in a temporary folder. */
export interface CsvTest {
  readonly path: string;
  readonly log: RecordedLog;
  readonly source: Source;
  find(field: string, value: string, match?: MatchKind): Promise<readonly SourceRecord[]>;
  findBy(criteria: readonly Criterion[], limit?: number): Promise<readonly SourceRecord[]>;
  check(): Promise<void>;
  /** Waits until the log has a line with these words; fails after ten seconds. */
  logged(words: string, times?: number): Promise<Readonly<Record<string, unknown>>>;
  /** The lines that were left out, as `[line, problem]`. */
  leftOut(): readonly (readonly [unknown, unknown])[];
}

/** Opens a source on `content`; undefined: there is no file. All is closed and removed when the test is done. */
export async function openCsvTest(
  content: string | Buffer | undefined,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<CsvTest> {
  const folder = await temporaryFolder();
  const path = join(folder, 'customers.csv');
  if (content !== undefined) await writeFile(path, content);
  const log = recordedLog();
  const parsed = csv.settings.parse({ file: 'customers.csv', ...settings });
  const services = { name: 'customers', log, resolve: (relative: string) => join(folder, relative) };
  const source = openCsv(parsed, services, { pollMs: 15 });
  onTestFinished(() => source.close?.());
  const context = () => ({ signal: AbortSignal.timeout(20_000), reference: 'test' });
  const findBy = async (criteria: readonly Criterion[], limit = 100) =>
    (await source.find?.({ criteria, limit, parameters: {} }, context())) ?? [];
  return {
    path,
    log,
    source,
    find: (field, value, match = 'exact') => findBy([{ field, match, value }]),
    findBy,
    check: () => source.check(context()),
    logged: (words, times = 1) => logged(log, words, times),
    leftOut: () =>
      log.lines
        .filter(({ message }) => message === 'a line of the CSV file is left out')
        .map(({ fields }) => [fields['line'], fields['problem']]),
  };
}

async function logged(log: RecordedLog, words: string, times: number): Promise<Readonly<Record<string, unknown>>> {
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    const line = log.lines.filter(({ message }) => message.includes(words))[times - 1];
    if (line !== undefined) return line.fields;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`nothing about "${words}" in the log:\n${log.lines.map(({ message }) => message).join('\n')}`);
}
