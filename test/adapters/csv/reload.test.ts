import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import csv from '../../../adapters/csv/index.ts';
import { keyingOf } from '../../../adapters/csv/keys.ts';
import { LiveFile } from '../../../adapters/csv/live-file.ts';
import { ChangedWhileReading, type FileFormat, readFile } from '../../../adapters/csv/read.ts';
import { SourceError } from '../../../src/contract/index.ts';
import { recordedLog } from '../../support/log.ts';
import { openCsvTest } from './source.ts';

const HEADER = 'id,name\n';
const OLD = `${HEADER}1,Ann\n2,Bob\n`;
const NEW = `${HEADER}1,Anna\n3,Cy\n`;
const SERVES_NEW = 'its new data serve';
const KEEPS_OLD = 'the old data go on serving';

function formatOf(path: string): FileFormat {
  return { path, encoding: 'utf-8', columns: undefined, delimiter: ',', quote: '"', trim: true, skipLines: 0 };
}

describe('a file that changes', () => {
  it('is read again when it is written to', async () => {
    const { find, path, logged } = await openCsvTest(OLD);
    expect(await find('id', '1')).toEqual([{ id: '1', name: 'Ann' }]);
    await writeFile(path, NEW);
    expect(await logged(SERVES_NEW)).toMatchObject({ file: path, records: 2, before: 2 });
    expect(await find('id', '1')).toEqual([{ id: '1', name: 'Anna' }]);
    expect(await find('id', '2')).toEqual([]);
    expect(await find('id', '3')).toEqual([{ id: '3', name: 'Cy' }]);
  });

  it('is read again when another file takes its name, even one of the same size and time', async () => {
    const { find, path, logged } = await openCsvTest(`${HEADER}1,Ann\n`);
    await find('id', '1');
    const time = new Date('2026-01-01T00:00:00Z');
    await utimes(path, time, time);
    await logged(SERVES_NEW);
    await writeFile(`${path}.new`, `${HEADER}1,Eve\n`);
    await utimes(`${path}.new`, time, time);
    await rename(`${path}.new`, path);
    await logged(SERVES_NEW, 2);
    expect(await find('id', '1')).toEqual([{ id: '1', name: 'Eve' }]);
  });

  it('has the indexes that were in use before anybody waits for them', async () => {
    const { path, logged, log } = await openCsvTest(OLD);
    const file = new LiveFile(formatOf(path), log, { pollMs: 15 });
    const { signal } = new AbortController();
    const before = await file.table(signal);
    await before.index('name', keyingOf({ field: 'name', match: 'exact', value: 'Ann' }));
    await writeFile(path, NEW);
    await logged(SERVES_NEW);
    const after = await file.table(signal);
    expect(after).not.toBe(before);
    expect(after.indexes().map(({ field }) => field)).toEqual(['name']);
    await file.close();
  });

  it('may have other columns', async () => {
    const { find, path, logged } = await openCsvTest(OLD);
    await find('name', 'Ann');
    await writeFile(path, 'id,email\n1,a@example.com\n');
    await logged(SERVES_NEW);
    expect(await find('name', 'Ann')).toEqual([]);
    expect(await find('email', 'a@example.com')).toHaveLength(1);
  });

  it('gives every search the old data or the new, whole', async () => {
    const rows = (name: string) => HEADER + Array.from({ length: 20_000 }, (_, id) => `${id},${name}\n`).join('');
    const { findBy, path, log } = await openCsvTest(rows('old'));
    const names = new Set<string>();
    const search = async () => {
      const found = await findBy([{ field: 'id', match: 'prefix', value: '1234' }]);
      expect(found).toHaveLength(11);
      const seen = new Set(found.map(({ name }) => String(name)));
      expect(seen.size).toBe(1);
      for (const name of seen) names.add(name);
    };
    await search();
    await writeFile(`${path}.new`, rows('new'));
    await rename(`${path}.new`, path);
    const end = Date.now() + 10_000;
    while (!names.has('new') && Date.now() < end) await search();
    expect([...names]).toEqual(['old', 'new']);
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });
});

describe('good data stay when the new file', () => {
  it.each([
    ['is empty', ''],
    ['has no records', HEADER],
    ['is cut off in a quoted value', `${HEADER}1,"An`],
    ['is cut off in a line', `${HEADER}1,Anna\n3`],
    ['has no good line', `${HEADER}1,2,3\n`],
    ['has a column twice', 'id,id\n1,2\n'],
    ['is not UTF-8', Buffer.from(`${HEADER}1,J\xfcrg\n`, 'latin1')],
  ])('%s; it is told once, and the next good file serves', async (_, content) => {
    const { find, path, logged, log } = await openCsvTest(OLD);
    await find('id', '1');
    await writeFile(path, content);
    expect(await logged(KEEPS_OLD)).toMatchObject({
      problem: expect.stringContaining(path),
      remedy: expect.any(String),
    });
    expect(await find('id', '2')).toEqual([{ id: '2', name: 'Bob' }]);
    await writeFile(`${path}.new`, NEW);
    await rename(`${path}.new`, path);
    await logged(SERVES_NEW);
    expect(await find('id', '3')).toHaveLength(1);
    expect(log.lines.filter(({ message }) => message.includes(KEEPS_OLD))).toHaveLength(1);
  });

  it('has been cut down in place', async () => {
    const { find, path, logged } = await openCsvTest(OLD);
    await find('id', '1');
    await truncate(path, OLD.length - 5);
    await logged(KEEPS_OLD);
    expect(await find('id', '2')).toHaveLength(1);
  });

  it('is gone; it is told once, and a file that comes back serves', async () => {
    const { find, path, logged, log, check } = await openCsvTest(OLD);
    await find('id', '1');
    await rm(path);
    expect(await logged(KEEPS_OLD)).toMatchObject({ problem: `${path}: there is no such file` });
    expect(await find('id', '2')).toHaveLength(1);
    await check();
    // Ten looks at the file, none of which may say it again.
    await new Promise((resolve) => setTimeout(resolve, 150));
    await writeFile(`${path}.new`, NEW);
    await rename(`${path}.new`, path);
    await logged(SERVES_NEW);
    expect(await find('id', '3')).toHaveLength(1);
    expect(log.lines.filter(({ message }) => message.includes(KEEPS_OLD))).toHaveLength(1);
  });
});

describe('the first reading', () => {
  const big = HEADER + Array.from({ length: 60_000 }, (_, id) => `${id},"Ann"\n`).join('');

  it('does not happen before it is needed', async () => {
    const { path, find, log } = await openCsvTest(undefined);
    expect(log.lines).toEqual([]);
    await writeFile(path, OLD);
    expect(await find('id', '1')).toHaveLength(1);
  });

  it('is one for all who wait for it, and goes on when one of them gives up', async () => {
    const { source, find, log } = await openCsvTest(big);
    const controller = new AbortController();
    const impatient = source.check({ signal: controller.signal, reference: 'test' });
    const patient = find('id', '59999');
    controller.abort(new Error('gone'));
    await expect(impatient).rejects.toMatchObject({
      kind: 'timeout',
      message: expect.stringMatching(/still being read \(\d+ %\)$/),
    });
    expect(await patient).toHaveLength(1);
    expect(log.lines.filter(({ message }) => message === 'the CSV file is read')).toHaveLength(1);
  });

  it('leaves the event loop free', async () => {
    const { find } = await openCsvTest(big);
    let turns = 0;
    const turn = () => {
      turns += 1;
      timer = setImmediate(turn);
    };
    let timer = setImmediate(turn);
    await find('id', '59999');
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(20);
  });

  it('begins again when the file is written to meanwhile', async () => {
    const { path, find } = await openCsvTest(big);
    const found = find('id', 'last');
    await new Promise((resolve) => setImmediate(resolve));
    await writeFile(path, `${big}last,Zoe\n`);
    expect(await found).toEqual([{ id: 'last', name: 'Zoe' }]);
  });

  it('is void when the file was written to meanwhile, even if its size is the same', async () => {
    const { path } = await openCsvTest(big);
    let written = false;
    const reading = readFile(formatOf(path), new AbortController().signal, () => {
      if (!written) writeFileSync(path, big.replaceAll('Ann', 'Zoe'));
      written = true;
    });
    await expect(reading).rejects.toBeInstanceOf(ChangedWhileReading);
  });

  it('is in large pieces, also of a file that had hardly begun when it was opened', async () => {
    const { path } = await openCsvTest('i');
    const parts: number[] = [];
    const reading = readFile(formatOf(path), new AbortController().signal, (part) => {
      if (parts.length === 0) writeFileSync(path, big);
      parts.push(part);
    });
    await expect(reading).rejects.toBeInstanceOf(ChangedWhileReading);
    expect(parts.length).toBeLessThan(100);
    expect(Math.max(...parts)).toBe(1);
  });

  it('ends when the source is closed', async () => {
    const { source, find } = await openCsvTest(big);
    const found = find('id', '1');
    found.catch(() => undefined);
    await source.close?.();
    await expect(found).rejects.toThrow('the source is closed');
  });

  it('of a refused file is not repeated while the file stays as it is', async () => {
    const { path, check } = await openCsvTest(`${HEADER}1,"Ann`);
    const refusal = await check().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SourceError);
    expect(await check().catch((error: unknown) => error)).toBe(refusal);
    await copyFile(path, `${path}.copy`);
    await rename(`${path}.copy`, path);
    const again = await check().catch((error: unknown) => error);
    expect(again).toBeInstanceOf(SourceError);
    expect(again).not.toBe(refusal);
  });
});

describe('following the file', () => {
  // Where Linux tells which files are open.
  it.runIf(process.platform === 'linux')(
    'leaves nothing open and no timer, of a file that is good, refused or none at all',
    async () => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      onTestFinished(() => void vi.useRealTimers());
      const { path, check, source } = await openCsvTest(OLD);
      const open = () =>
        readdirSync('/proc/self/fd').filter((fd) => {
          try {
            // Of one that was removed it says so behind its name.
            return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
          } catch {
            // It was that of the listing itself.
            return false;
          }
        }).length;
      await check();
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(readFile(formatOf(path), signal, () => undefined)).rejects.toThrow('enough');
      await writeFile(path, `${HEADER}1,"Ann`);
      await expect(readFile(formatOf(path), new AbortController().signal, () => undefined)).rejects.toThrow('line 2');
      expect(vi.getTimerCount()).toBe(1);
      await source.close?.();
      expect(vi.getTimerCount()).toBe(0);
      await rm(path);
      await mkdir(path);
      await expect(readFile(formatOf(path), new AbortController().signal, () => undefined)).rejects.toThrow(
        'directory',
      );
      expect(open()).toBe(0);
    },
  );

  it('keeps no process alive', async () => {
    const { path } = await openCsvTest(OLD);
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const source = await csv.open(csv.settings.parse({ file: path }), {
      name: 'customers',
      log: recordedLog(),
      resolve: (file) => file,
    });
    await source.check({ signal: new AbortController().signal, reference: 'test' });
    // Timers that are unref'ed are not in the list of what keeps the process running; one of the test runner may end meanwhile.
    expect(timers()).toBeLessThanOrEqual(before);
    await source.close?.();
  });
});
