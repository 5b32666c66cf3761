import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { watchConfiguration } from '../../src/config/watch.ts';
import { temporaryFolder } from './files.ts';

const controllers: AbortController[] = [];

afterEach(() => {
  for (const controller of controllers.splice(0)) controller.abort();
});

/** Watches, and gives a promise of the next change. */
function watched(file: string) {
  const controller = new AbortController();
  controllers.push(controller);
  let count = 0;
  let notify = () => {};
  watchConfiguration(
    file,
    () => {
      count += 1;
      notify();
    },
    controller.signal,
  );
  return {
    controller,
    count: () => count,
    /** Does something that must be noticed. */
    changeBy: (act: () => void): Promise<void> =>
      new Promise((resolve) => {
        notify = resolve;
        act();
      }),
  };
}

function gateway(text = 'log: {}\n') {
  const folder = temporaryFolder();
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, text);
  return { folder, file };
}

describe('a change is noticed', () => {
  test('when the file is written in place, each time', async () => {
    const { file } = gateway();
    const watching = watched(file);
    await watching.changeBy(() => writeFileSync(file, 'log: { level: debug }\n'));
    await watching.changeBy(() => writeFileSync(file, 'log: { level: error }\n'));
    expect(watching.count()).toBe(2);
  });

  test('when another file takes its place, as editors and mv do, each time', async () => {
    const { folder, file } = gateway();
    const watching = watched(file);
    for (const level of ['debug', 'warn', 'error']) {
      await watching.changeBy(() => {
        writeFileSync(join(folder, '.gateway.yaml.swp'), `log: { level: ${level} }\n`);
        renameSync(join(folder, '.gateway.yaml.swp'), file);
      });
    }
    expect(watching.count()).toBe(3);
  });

  test('within a second in a folder where something happens all the time', async () => {
    const { folder, file } = gateway();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const watching = watched(file);
    writeFileSync(file, 'log: { level: debug }\n');
    const began = performance.now();
    // Something happens more often than there is a quiet moment.
    for (let at = 0; watching.count() === 0 && at < 60; at += 1) {
      writeFileSync(join(folder, 'other'), String(at));
      await sleep(5);
      vi.advanceTimersByTime(50);
    }
    expect(performance.now() - began).toBeGreaterThanOrEqual(200);
    expect(performance.now() - began).toBeLessThan(1_200);
  });

  test('when it goes away and comes back', async () => {
    const { file } = gateway();
    const watching = watched(file);
    await watching.changeBy(() => unlinkSync(file));
    await watching.changeBy(() => writeFileSync(file, 'log: { level: debug }\n'));
  });

  test('when Kubernetes swaps the folder behind a link', async () => {
    const folder = temporaryFolder();
    const publish = (version: string, text: string) => {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'gateway.yaml'), text);
      symlinkSync(version, join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    publish('..1', 'log: {}\n');
    const file = join(folder, 'gateway.yaml');
    symlinkSync(join('..data', 'gateway.yaml'), file);
    const watching = watched(file);
    await watching.changeBy(() => publish('..2', 'log: { level: debug }\n'));
    await watching.changeBy(() => publish('..3', 'log: { level: error }\n'));
  });

  test('when a secret file changes, in another folder too', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets/key'), 'one');
    const file = join(folder, 'gateway.yaml');
    writeFileSync(file, `a: "\${file:secrets/key}"\nb: "\${file:later/key}"\n`);
    const watching = watched(file);
    await watching.changeBy(() => writeFileSync(join(folder, 'secrets/key'), 'two'));
    // Not there at first: found by polling.
    await watching.changeBy(() => {
      mkdirSync(join(folder, 'later'));
      writeFileSync(join(folder, 'later/key'), 'three');
    });
  });

  test('in a secret file that was named only later', async () => {
    const { folder, file } = gateway();
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other/key'), 'one');
    const watching = watched(file);
    await watching.changeBy(() => writeFileSync(file, `a: "\${file:${join(folder, 'other/key')}}"\n`));
    await watching.changeBy(() => writeFileSync(join(folder, 'other/key'), 'two'));
  });

  test('behind a link to another folder, where no event tells it', async () => {
    const { file } = gateway();
    const link = join(temporaryFolder(), 'gateway.yaml');
    symlinkSync(file, link);
    const watching = watched(link);
    await watching.changeBy(() => writeFileSync(file, 'log: { level: debug }\n'));
  });

  test('when the whole folder is replaced', async () => {
    const root = temporaryFolder();
    const make = (name: string, text: string) => {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'gateway.yaml'), text);
    };
    make('config', 'log: {}\n');
    const watching = watched(join(root, 'config', 'gateway.yaml'));
    await watching.changeBy(() => {
      make('new', 'log: { level: debug }\n');
      rmSync(join(root, 'config'), { recursive: true });
      renameSync(join(root, 'new'), join(root, 'config'));
    });
    await watching.changeBy(() => writeFileSync(join(root, 'config', 'gateway.yaml'), 'log: { level: warn }\n'));
  });

  test('of a file that is not there at first', async () => {
    const file = join(temporaryFolder(), 'gateway.yaml');
    const watching = watched(file);
    await watching.changeBy(() => writeFileSync(file, 'log: {}\n'));
  });
});

describe('not noticed', () => {
  test('the same content again; and a later change has its quiet moment as the first one had', async () => {
    const { folder, file } = gateway();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const watching = watched(file);
    /** Writes, and lets the event of it come. */
    const write = async (path: string, text: string) => {
      writeFileSync(path, text);
      for (let look = 0; vi.getTimerCount() < 2 && look < 1_000; look += 1) await sleep(5);
      // One write may be several events.
      await sleep(20);
    };
    await write(join(folder, 'other'), 'x');
    vi.advanceTimersByTime(200);
    expect(watching.count()).toBe(0);
    vi.advanceTimersByTime(1_500);
    await write(file, 'log: { level: debug }\n');
    vi.advanceTimersByTime(99);
    expect(watching.count()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(watching.count()).toBe(1);
    watching.controller.abort();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('the same content written again, other files of the folder, and many writes at once are one change', async () => {
    const { folder, file } = gateway();
    const watching = watched(file);
    writeFileSync(file, 'log: {}\n');
    writeFileSync(join(folder, 'other'), 'x');
    await watching.changeBy(() => {
      for (let i = 0; i < 50; i++) writeFileSync(file, `log: { level: l${i} }\n`);
    });
    expect(watching.count()).toBe(1);
  });

  test('after the end; and a watch that has ended before it began does nothing', async () => {
    const { file } = gateway();
    const ended = watched(file);
    ended.controller.abort();
    const never = new AbortController();
    never.abort();
    let calls = 0;
    watchConfiguration(file, () => calls++, never.signal);
    // The change arrives at a watch that is still open, and at no other.
    await watched(file).changeBy(() => writeFileSync(file, 'log: { level: debug }\n'));
    expect(ended.count()).toBe(0);
    expect(calls).toBe(0);
  });
});
