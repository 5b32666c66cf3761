/** A gateway in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { boundToUs } from './child.ts';

/** A gateway as people start it, when it has said its first word; killed when the test ends. */
export async function startedGateway(
  configuration: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<ChildProcess> {
  const program = resolve(import.meta.dirname, '../../bin/helpspot-gateway');
  const child: ChildProcess = spawn(...boundToUs(program, ['serve', `--config=${configuration}`]), {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...environment },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('no output');
  await once(child.stdout, 'data');
  return child;
}
