/** TerminalQuestions to a person at the terminal; and none where everything is said by options. */
import { suggestion } from '../../config/names.ts';
import { UserError } from '../../contract/index.ts';
import type { Terminal } from '../terminal.ts';
import { printable } from '../text-width.ts';
import type { Proposed, Said } from './proposal.ts';
import { ROLE_WORDS, type Role } from './roles.ts';
import type { Choose } from './system.ts';

/** Whoever does not know the answer after so many tries reads the documentation first. */
const TRIES = 5;

/** Asks one person. */
export class TerminalQuestions {
  readonly #terminal: Terminal;
  readonly #ask: NonNullable<Terminal['ask']>;

  constructor(terminal: Terminal, ask: NonNullable<Terminal['ask']>) {
    this.#terminal = terminal;
    this.#ask = ask;
  }

  /**
   * One line.
   * @param likely taken for an empty answer
   * @param read makes something of the answer; a UserError is told, and asked again
   */
  async line<T>(question: string, likely: string | undefined, read: (answer: string) => T): Promise<T> {
    const shown = likely === undefined ? question : `${question} [${printable(likely)}]`;
    for (let tried = 1; ; tried += 1) {
      const answer = await this.#ask(`${shown}: `);
      // The end of what is typed is no answer to anything.
      if (answer === undefined) throw new UserError('nothing was written: there was no answer');
      try {
        return read(answer.trim() === '' ? (likely ?? '') : answer.trim());
      } catch (error) {
        if (!(error instanceof UserError) || tried === TRIES) throw error;
        this.#terminal.stderr.write(`${printable(error.message)}\n`);
      }
    }
  }

  /** A password, unseen; undefined for none. */
  async secret(question: string): Promise<string | undefined> {
    const answer = await this.#terminal.askSecret?.(`${question}: `);
    return answer === undefined || answer === '' ? undefined : answer;
  }

  /** One of several, by its name or its number. */
  readonly choose: NonNullable<Choose> = async (question, choices, likely) => {
    const shown = choices.slice(0, MOST_SHOWN);
    const rows = shown.map((choice, index) => `  ${index + 1}  ${printable(choice)}\n`);
    const rest = choices.length > shown.length ? `  … and ${choices.length - shown.length} more\n` : '';
    this.#terminal.stderr.write(`${question}\n${rows.join('')}${rest}`);
    return await this.line('Name or number', likely, (answer) => oneOfThese(answer, choices, 'names'));
  };

  /** Which column is what: each that HelpSpot knows is asked about. */
  async columns(proposed: readonly Proposed[]): Promise<Said> {
    const names = proposed.map(({ column }) => column);
    this.#terminal.stderr.write(
      `\nThe columns are ${names.map(printable).join(', ')}.\n` +
        'Which of them is what? Enter takes the one in brackets, "-" means none.\n',
    );
    const said: Partial<Record<Role, string | null>> = {};
    for (const role of ASKED) {
      const likely = proposed.find((one) => one.role === role)?.column ?? '-';
      said[role] = await this.line(`  ${role} (${ROLE_WORDS[role]})`, likely, (answer) =>
        answer === '-' ? null : oneOfThese(answer, names, 'columns'),
      );
    }
    return said;
  }
}

const MOST_SHOWN = 50;
const ASKED: readonly Role[] = [
  'customer_id',
  'first_name',
  'last_name',
  'full_name',
  'email',
  'phone',
  'mobile',
  'company',
];

/** @throws {UserError} with the nearest */
export function oneOfThese(answer: string, choices: readonly string[], plural: string): string {
  const exact =
    choices.find((one) => one === answer) ?? choices.find((one) => one.toLowerCase() === answer.toLowerCase());
  const numbered = /^\d{1,4}$/.test(answer) && plural === 'names' ? choices[Number(answer) - 1] : undefined;
  const found = exact ?? numbered;
  if (found === undefined)
    throw new UserError(`there is no "${answer.slice(0, 100)}"; ${suggestion(answer, choices, plural)}`);
  return found;
}
