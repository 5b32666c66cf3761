/** `helpspot-gateway console-password`: the hash of a password, for `console.users`. */

import { UserError } from '../contract/index.ts';
import { hashPassword, LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../http/console/password.ts';
import type { Terminal } from './terminal.ts';

/** Asks for a password, or reads it from standard input, and prints its hash. @returns the exit status */
export async function consolePassword(terminal: Terminal): Promise<number> {
  const password = (await (terminal.askSecret ?? terminal.ask)?.('Password: ')) ?? '';
  const { length } = password;
  if (length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD) {
    const limits = `${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`;
    throw new UserError(`the password has ${length} characters; take one of ${limits}`);
  }
  terminal.stdout.write(`${await hashPassword(password)}\n`);
  return 0;
}
