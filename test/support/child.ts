/** Programs that tests start, and that never outlive the tests. */
import { existsSync } from 'node:fs';

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

/**
 * What to start in the place of a program, so that the system kills it when this process ends, whatever ends it: Ctrl-C,
 * a failing hook, `kill -9`. The program keeps its process id. Where there is no `setpriv` (it is Linux's), the program as it is.
 */
export function boundToUs(command: string, args: readonly string[]): [command: string, args: string[]] {
  if (SETPRIV === undefined) return [command, [...args]];
  return [SETPRIV, ['--pdeathsig', 'KILL', command, ...args]];
}
