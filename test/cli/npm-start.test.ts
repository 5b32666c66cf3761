import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temp.ts';

const root = resolve(import.meta.dirname, '../..');

/** The project with its own `start`, and nothing to build: that is done. */
async function built(): Promise<string> {
  const folder = await temporaryFolder();
  const { scripts, ...rest } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const start = { ...rest, scripts: { start: scripts.start, build: 'node --version' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(start));
  for (const name of ['bin', 'dist', 'node_modules']) await symlink(join(root, name), join(folder, name));
  await writeFile(join(folder, 'people.csv'), 'customer_id\n1\n');
  await writeFile(
    join(folder, 'gateway.yaml'),
    'server: { port: 0 }\nsources: { people: { adapter: csv, file: people.csv } }\nlookups: { default: { sources: people } }\n',
  );
  return folder;
}

it.each(['SIGTERM', 'SIGINT'] as const)(
  'npm start ends with the server when npm is sent %s',
  async (signal) => {
    const folder = await built();
    const env = { ...process.env, GATEWAY_CONFIG: join(folder, 'gateway.yaml') };
    // A group of its own, so that nothing of it outlives a test that fails; the signal goes to npm alone.
    const npm = spawn('npm', ['start'], { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => {
      try {
        if (npm.pid !== undefined) process.kill(-npm.pid, 'SIGKILL');
      } catch {
        // Nothing is left of it.
      }
    });
    const exited = once(npm, 'exit');
    let out = '';
    npm.stdout.on('data', (piece) => (out += piece));
    const url = () => /listening on (http:\/\/\S+:\d+)\n/.exec(out)?.[1];
    await expect.poll(url, { timeout: 30_000 }).toBeDefined();
    const address = `${url()}/healthz`;
    expect((await fetch(address)).status).toBe(200);
    npm.kill(signal);
    await exited;
    const isServed = () => fetch(address, { signal: AbortSignal.timeout(2_000) }).then(Boolean, () => false);
    for (let tries = 0; tries < 100 && (await isServed()); tries += 1) await delay(100);
    expect(await isServed()).toBe(false);
  },
  60_000,
);
