/** `server.socket` on Windows, which has named pipes in place of Unix sockets. `platform` is the machine's; tests name another. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { SocketPlan } from '../gateway/plan.ts';
import { DEFAULTS } from './defaults.ts';
import { ownFolder } from './own-folder.ts';

/** A file that programs of bin/ use, too, and so is no part of a bundle. */
function shared(): { pipeName(config: string): string; isPipe(path: string): boolean } {
  const file = join(ownFolder(), 'bin', 'pipe-name.cjs');
  return createRequire(file)(file);
}

/** The pipe for what is written, or for the configuration at `file`. Undefined where there are none. */
export function pipeOf(written: string, file: string, platform = process.platform): string | undefined {
  if (platform !== 'win32') return undefined;
  return written === DEFAULTS.socketFile ? shared().pipeName(file) : written;
}

/** What is wrong with `server.socket` on this machine: of which key, and the end of a sentence. */
export function socketMistake(
  { file, access }: SocketPlan,
  platform = process.platform,
): { key: 'socket' | 'socketAccess'; words: string } | undefined {
  const isPipe = file.startsWith('\\\\') && shared().isPipe(file);
  if (platform !== 'win32') {
    if (!isPipe) return undefined;
    const words =
      'is a named pipe of Windows, which this system has not; write the path of a Unix socket, or leave it out';
    return { key: 'socket', words };
  }
  if (!isPipe && file !== DEFAULTS.socketFile) {
    const words = String.raw`is no named pipe of this machine, which Windows has in place of sockets; write \\.\pipe\NAME, or leave it out`;
    return { key: 'socket', words };
  }
  if (access !== 'group') return undefined;
  const words =
    'cannot be "group" on Windows, where a pipe is for one account; let the gateway run under that of HelpSpot';
  return { key: 'socketAccess', words };
}
