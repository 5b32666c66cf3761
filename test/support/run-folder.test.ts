import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { boundToUs } from './child.ts';
import { processesOf } from './processes.ts';
import { endRun } from './run-folder.ts';
import { temporaryFolder } from './temp.ts';

const SLEEP = 'setTimeout(() => {}, 60_000)';

test.runIf(process.platform === 'linux')(
  'a run names and kills what it leaves behind, by its folder, and nothing of another run',
  async () => {
    const [ours, others] = await Promise.all([temporaryFolder(), temporaryFolder()]);
    const given = await started([], { env: { TMPDIR: ours } });
    const named = await started([`${ours}/file`], { env: {} });
    const standing = await started([], { cwd: ours, env: {} });
    const other = await started([`${ours}-2`], { cwd: others, env: { TMPDIR: `${ours}-2` } });

    const lines = endRun(ours, 0);
    const expected = [given, named, standing].map(({ pid }) => expect.stringContaining(`process ${pid}:`));
    expect(lines).toHaveLength(3);
    expect(lines).toEqual(expect.arrayContaining(expected));
    await Promise.all([given, named, standing].map(ended));
    expect([existsSync(ours), existsSync(others), other.exitCode, other.signalCode]).toEqual([false, true, null, null]);
    expect(endRun(ours, 0)).toEqual([]);
    expect(processesOf(others).map(({ pid }) => pid)).toEqual([other.pid]);
  },
);

async function started(args: readonly string[], options: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string }) {
  const child = spawn(...boundToUs(process.execPath, ['-e', SLEEP, ...args]), { stdio: 'ignore', ...options });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

const ended = async (child: ReturnType<typeof spawn>) =>
  child.exitCode ?? child.signalCode ?? (await once(child, 'exit'));
