/** The log in a file: what becomes of its lines when it is large, renamed, or cannot be written. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '../../src/cli/log.ts';
import { type LogWishes, openLogOutput, prettyLine } from '../../src/cli/log-output.ts';
import type { LogFilePlan } from '../../src/gateway/plan.ts';
import { until } from '../gateway/push/harness.ts';
import { noDisk, smallDisk } from '../support/full-disk.ts';
import { temporaryFolder } from '../support/temp.ts';

async function openLog(file: Partial<LogFilePlan> & { readonly path: string }, wishes: LogWishes = {}) {
  const said: string[] = [];
  const plan = { level: 'info', customerValues: false, file: { bytes: 1_000_000, keep: 2, ...file } } as const;
  const output = await openLogOutput(plan, { write: (text) => said.push(text) }, wishes);
  return { output, plan, said, log: createLog('info', output, () => ['a-secret']) };
}

const linesOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);

describe('the log in a file', () => {
  it('has every line, for its owner only and without secrets, and goes on with what is there', async () => {
    const path = join(await temporaryFolder(), 'deep/gateway.log');
    for (const number of [1, 2]) {
      const { output, log, said } = await openLog({ path });
      log.info({ number, key: 'a-secret' }, 'told');
      await output.close();
      expect(said).toEqual([]);
    }
    const lines = linesOf(path).map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { number: 1, key: '***', msg: 'told' },
      { number: 2, msg: 'told' },
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('goes aside when it is large, and the oldest go', async () => {
    const folder = await temporaryFolder();
    const { output, log } = await openLog({ path: join(folder, 'g.log'), bytes: 2_000, keep: 2 });
    for (let number = 0; number < 200; number += 1) log.info({ number }, 'told');
    await output.close();
    expect(readdirSync(folder).sort()).toEqual(['g.log', 'g.log.1', 'g.log.2']);
    const kept = ['g.log.2', 'g.log.1', 'g.log'].flatMap((name) => linesOf(join(folder, name)));
    const numbers = kept.map((line) => JSON.parse(line).number);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => 200 - numbers.length + at));
    expect(statSync(join(folder, 'g.log.1')).size).toBeLessThan(2_200);
  });

  it('is opened anew when another program has renamed it, and loses no line', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'g.log');
    const { output, log, plan } = await openLog({ path, bytes: undefined });
    log.info({ number: 1 }, 'told');
    await until(() => linesOf(path).length === 1);
    renameSync(path, `${path}-old`);
    log.info({ number: 2 }, 'told');
    output.use(plan);
    log.info({ number: 3 }, 'told');
    await output.close();
    await until(() => linesOf(`${path}-old`).length === 2);
    expect(linesOf(path).map((line) => JSON.parse(line).number)).toEqual([3]);
  });

  it.each([
    ['deleted', (path: string) => rmSync(path)],
    ['moved away', (path: string) => renameSync(path, `${path}-old`)],
    ['replaced', (path: string) => [renameSync(path, `${path}-old`), writeFileSync(path, '')]],
  ])('is begun anew when it was %s and nobody said so, and not before', async (_what, away) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const path = join(await temporaryFolder(), 'g.log');
    const { output, log } = await openLog({ path, bytes: 500_000 });
    const shown = () => linesOf(path).map((line) => JSON.parse(line).number);
    const told = (number: number, more = {}) => log.info({ number, ...more }, 'told');
    told(1);
    await until(() => shown().length === 1);
    // It goes aside by itself: then it is another file, and in its place.
    told(2, { long: 'x'.repeat(500_000) });
    told(3);
    await until(() => shown().join() === '3');
    vi.advanceTimersByTime(6_000);
    told(4);
    await until(() => shown().join() === '3,4');
    await wait(20);
    const { ino } = statSync(path);
    told(5);
    await until(() => shown().join() === '3,4,5');
    expect(statSync(path).ino).toBe(ino);
    away(path);
    vi.advanceTimersByTime(6_000);
    told(6);
    await until(() => {
      told(7);
      return shown().includes(7);
    });
    await output.close();
    expect(shown()).not.toContain(6);
  });

  it('that cannot be opened is said once, and its lines go to standard error', async () => {
    const path = join(await temporaryFolder(), 'a-folder');
    await mkdir(path);
    const { output, log, said } = await openLog({ path });
    for (const number of [1, 2, 3]) log.info({ number }, 'told');
    await until(() => said.length === 4);
    log.info({ number: 4 }, 'told');
    await output.close();
    const words = said.filter((text) => !text.startsWith('{'));
    expect(words).toEqual([expect.stringMatching(/^the log file .*a-folder cannot be written: .*until it can\n$/)]);
    const numbers = said.filter((text) => text.startsWith('{')).map((line) => JSON.parse(line).number);
    expect(numbers.sort()).toEqual([1, 2, 3, 4]);
  });

  it.skipIf(noDisk !== '')(`goes to standard error while its disk is full${noDisk}`, async () => {
    const disk = smallDisk(200);
    const path = join(disk.folder, 'g.log');
    const { output, log, said, plan } = await openLog({ path });
    log.info({ number: 1 }, 'told');
    await until(() => linesOf(path).length === 1);
    disk.fill();
    const long = 'x'.repeat(8_000);
    // The first may be written in half.
    for (const number of [2, 3]) log.info({ number, long }, 'told');
    await until(() => said.length >= 2);
    expect(said.join('')).toMatch(/cannot be written: ENOSPC/);
    expect(said.join('')).toContain('"number":3');
    disk.free();
    output.use(plan);
    log.info({ number: 4 }, 'told');
    await output.close();
    expect(JSON.parse(linesOf(path).at(-1) ?? '')).toMatchObject({ number: 4 });
  });

  it('is where the command line says, and for people where it says that', async () => {
    const folder = await temporaryFolder();
    const wishes = { file: join(folder, 'mine.log'), format: 'pretty' } as const;
    const { output, log } = await openLog({ path: join(folder, 'g.log') }, wishes);
    log.warn({ source: 'crm', problem: 'no answer\u001b[31m', count: 2 }, 'a source failed');
    await output.close();
    expect(readdirSync(folder)).toEqual(['mine.log']);
    expect(readFileSync(wishes.file, 'utf8')).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}a source failed {2}source=crm {2}problem="no answer.*" {2}count=2\n$/,
    );
    expect(readFileSync(wishes.file, 'utf8')).not.toContain('\u001b');
  });

  it('has calls of a stack below the line for people', () => {
    const line = prettyLine(
      '{"level":"error","time":"2026-11-27T08:30:01.234Z","stack":"E: x\\n    at f (a.ts:1)","msg":"a bug"}\n',
    );
    expect(line).toBe('08:30:01.234 ERROR a bug\n    at f (a.ts:1)\n');
  });
});
