/** What `init` and `add source` have in common: a system is given, looked at, and its columns are told apart. */
import { NAME } from '../../config/names.ts';
import { UserError } from '../../contract/index.ts';
import { type CommandLine, Misuse } from '../command-line.ts';
import { type Terminal, table } from '../terminal.ts';
import { printable } from '../text-width.ts';
import { fieldsFor, type NewSource, proposedSteps } from './config-text.ts';
import { passwordVariable } from './env-text.ts';
import { type GivenSystem, givenByOptions, givenByWords } from './given.ts';
import { lookAt } from './look.ts';
import type { Said } from './proposal.ts';
import { oneOfThese, TerminalQuestions } from './questions.ts';
import { ROLES, type Role } from './roles.ts';
import type { Looked } from './system.ts';

/**
 * Whom to ask; undefined with `--yes`.
 * @throws {Misuse} where nobody can be asked and not everything is said
 */
export function questionsOf(line: CommandLine, terminal: Terminal): TerminalQuestions | undefined {
  const isSaid = ['csv', 'sqlite', 'url', 'ldap'].some((name) => line.value(name) !== undefined);
  if (line.has('yes')) {
    if (!isSaid) throw new Misuse(`--yes needs to be told where the customers are: ${FORMS}`);
    return undefined;
  }
  if (terminal.ask !== undefined) return new TerminalQuestions(terminal, terminal.ask);
  throw new Misuse(
    `there is no terminal to ask at; add --yes${isSaid ? '' : `, and say where the customers are: ${FORMS}`}`,
  );
}

const FORMS =
  '--csv=FILE, --sqlite=FILE, --url=postgres://USER@HOST/DATABASE (mysql://…, mssql://…) or --ldap=ldaps://HOST';

/** The name of a source, which stands in the log and in variables. @throws {Misuse} */
export function newSourceName(name: string): string {
  if (NAME.test(name) && name.length <= 60) return name;
  throw new Misuse('the name of a source has letters, digits, "-" and "_" only');
}

/**
 * Finds out all that must be known of a source.
 * @throws {UserError} with what is wrong at the system
 */
export async function newSource(
  name: string,
  line: CommandLine,
  terminal: Terminal,
  questions: TerminalQuestions | undefined,
): Promise<NewSource & { readonly password: string | undefined }> {
  const said = saidBy(line.value('fields'));
  const where = await givenFrom(line, questions);
  if (where.adapter === 'ldap' && line.value('fields') !== undefined) {
    throw new Misuse('--fields does not go with a directory; write "attributes" in the file (docs/adapters/ldap.md)');
  }
  const given = await withPassword(name, where, terminal, questions);
  const isUngiven = given.passwordKey !== undefined && given.password === undefined;
  const looked = await lookAt(given, questions?.choose, isUngiven ? passwordVariable(name) : undefined);
  const guessed = fieldsFor(looked, columnsSaid(said, looked));
  const isAsked = questions !== undefined && given.adapter !== 'ldap' && line.value('fields') === undefined;
  const fields = isAsked ? fieldsFor(looked, await questions.columns(guessed)) : guessed;
  if (proposedSteps(new Set(fields.map(({ field }) => field))) === undefined) {
    throw new UserError(
      `no column has a number, a name, an address or a telephone of a customer; say which with --fields=email=COLUMN. ` +
        `There are ${looked.columns.map((column) => column.name).join(', ')}`,
    );
  }
  const variable = given.password === undefined ? undefined : passwordVariable(name);
  return { name, looked, fields, variable, password: given.password };
}

async function givenFrom(line: CommandLine, questions: TerminalQuestions | undefined): Promise<GivenSystem> {
  const given = givenByOptions(line);
  if (given !== undefined) return given;
  const question =
    'Where are the customers? A file (CSV, SQLite), or an address: postgres://USER@HOST/DATABASE, mysql://…, mssql://…, ' +
    'ldaps://USER@HOST';
  const answered = await questions?.line(question, undefined, givenByWords);
  if (answered === undefined) throw new Misuse(`say where the customers are: ${FORMS}`);
  return answered;
}

/** From the address, the environment or the person, in this order. */
async function withPassword(
  name: string,
  given: GivenSystem,
  { environment }: Terminal,
  questions: TerminalQuestions | undefined,
): Promise<GivenSystem> {
  if (given.passwordKey === undefined || given.password !== undefined) return given;
  const variable = passwordVariable(name);
  const known = environment[variable];
  const password = known === undefined || known === '' ? await questions?.secret('Password (not shown)') : known;
  if (password === undefined && given.adapter === 'ldap') {
    throw new UserError(`the account of the directory needs a password; set ${variable} in the environment`);
  }
  return { ...given, password };
}

function saidBy(text: string | undefined): Said {
  const said: Partial<Record<Role, string | null>> = {};
  for (const part of text?.split(',') ?? []) {
    const [field = '', ...column] = part.split('=');
    const role = ROLES.find((one) => one === field.trim());
    if (role === undefined || column.length === 0) {
      throw new Misuse(`--fields has FIELD=COLUMN, with commas between; a FIELD is one of ${ROLES.join(', ')}`);
    }
    const name = column.join('=').trim();
    said[role] = name === '-' ? null : name;
  }
  return said;
}

/** As the columns are spelled. @throws {UserError} for one that is not there */
function columnsSaid(said: Said, { columns }: Looked): Said {
  const names = columns.map(({ name }) => name);
  return Object.fromEntries(
    Object.entries(said).map(([role, column]) => [
      role,
      typeof column === 'string' ? oneOfThese(column, names, 'columns') : column,
    ]),
  );
}

/** The country of telephone numbers that do not say theirs. @throws {Misuse} */
export async function countryOf(
  line: CommandLine,
  questions: TerminalQuestions | undefined,
): Promise<string | undefined> {
  const read = (answer: string) => {
    if (answer === '-' || answer === '') return undefined;
    if (/^[a-z]{2}$/i.test(answer)) return answer.toUpperCase();
    throw new UserError('a country is two letters, such as DE, CH or US');
  };
  const given = line.value('country');
  if (given !== undefined || questions === undefined) {
    try {
      return read(given ?? '');
    } catch (error) {
      throw error instanceof UserError ? new Misuse(`--country: ${error.message}`) : error;
    }
  }
  return await questions.line(
    'Telephone numbers without a country code are from (two letters; "-": unknown)',
    '-',
    read,
  );
}

/** What was taken for what, and why; no value of a customer. */
export function sayWhatWasFound({ looked, fields }: NewSource, { stdout }: Terminal): void {
  const known = fields.filter(({ role }) => role !== undefined);
  const rows = known.map(({ field, column, why }) => [`  ${field}`, column, why ?? '']);
  const others = fields.filter(({ role }) => role === undefined).map(({ column }) => column);
  const sample = looked.records === 1 ? 'a record' : `${looked.records} records`;
  const notes = looked.notes.map((note) => `  ${printable(note)}\n`).join('');
  const rest = others.length === 0 ? '' : `  Shown, too: ${others.map(printable).join(', ')}\n`;
  const left = looked.columns.filter(
    ({ name }) => looked.given.adapter !== 'ldap' && fields.every(({ column }) => column !== name),
  );
  const secret =
    left.length === 0
      ? ''
      : `  Left out, as they seem to be secret: ${left.map(({ name }) => printable(name)).join(', ')}\n`;
  const dates = fields.filter((one) => one.dates !== undefined);
  const written = dates.map(({ column, dates: format }) => `  ${printable(column)} has dates as ${format}.\n`).join('');
  stdout.write(`Looked at ${sample}; taken for\n${table(rows)}${rest}${secret}${written}${notes}`);
  if (known.some(({ why }) => why !== undefined && why !== 'as you said')) {
    stdout.write('  These are guesses: look at "columns" in the file, and say otherwise where they are wrong.\n');
  }
}
