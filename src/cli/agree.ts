/** What cannot be undone is asked about first. */
import { UserError } from '../contract/index.ts';
import type { CommandLine } from './command-line.ts';
import type { Terminal } from './terminal.ts';

/** What a question needs of the command. */
export interface AskingCommand {
  readonly line: CommandLine;
  readonly terminal: Terminal;
  /** Writes to standard output, without a secret of the configuration. */
  say(text: string): void;
}

/**
 * Asks the person at the terminal, unless `--yes` stands on the command line.
 * @param what for the refusal where nobody can be asked
 */
export async function agreed({ line, terminal, say }: AskingCommand, question: string, what: string): Promise<boolean> {
  if (line.has('yes')) return true;
  if (terminal.ask === undefined) {
    throw new UserError(`nothing was changed: ${what}; there is no terminal to ask at: add --yes to do it`);
  }
  const answer = await terminal.ask(`${question} [y/N] `);
  if (/^\s*y(?:es)?\s*$/i.test(answer ?? '')) return true;
  say('Nothing was changed\n');
  return false;
}
