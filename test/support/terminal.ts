import { resolve } from 'node:path';
import type { Terminal } from '../../src/cli/terminal.ts';

/** What a command said, and its exit status. */
export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process, on this package, and keeps what it says. */
export async function runCommand(
  command: (args: readonly string[], terminal: Terminal) => Promise<number>,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  ask?: Terminal['ask'],
): Promise<CommandResult> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await command(args, {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    environment,
    packageRoot: resolve(import.meta.dirname, '../..'),
    ...(ask !== undefined && { ask }),
  });
  return { status, stdout: out.join(''), stderr: err.join('') };
}
