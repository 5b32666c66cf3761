/** A command line of `helpspot-gateway`, read by what its command declares. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest } from '../config/names.ts';
import type { Terminal } from './terminal.ts';

/** A command line that cannot be understood: exit status 2, with the usage. `message` says what to write instead. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
  /** The command whose usage helps, when it is known by then. */
  readonly command: string | undefined;

  constructor(message: string, command?: string) {
    super(message);
    this.command = command;
  }
}

/** One option: `--NAME=VALUE`, or `--NAME` without a value. */
export interface CommandOption {
  /** What stands for the value in the help: `FILE`. Absent: the option has no value. */
  readonly value?: string;
  readonly short?: string;
  /** The values that are possible. */
  readonly choices?: readonly string[];
  /** Several of them may be given, with commas between them. */
  readonly isList?: true;
  readonly help: string;
}

/** A command, all of it in one place. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What stands after the command in its usage: `NAME [PARAMETER=VALUE …]`. Absent: it takes no arguments. */
  readonly arguments?: string;
  /** Its own options; `--config`, `--help` and `--version` go with every command. */
  readonly options?: Readonly<Record<string, CommandOption>>;
  /** More words for its own help. */
  readonly notes?: string;
  /** @returns the exit status: 0, or 1 when something failed; throws {@link Misuse} */
  run(line: CommandLine, terminal: Terminal): Promise<number>;
}

/** What a command was called with. */
export interface CommandLine {
  readonly arguments: readonly string[];
  /** What stands after `--`: no options are read there. */
  readonly rest: readonly string[];
  /** The value of an option. */
  value(name: string): string | undefined;
  /** Whether an option without a value is there. */
  has(name: string): boolean;
  /** The configuration file. Throws UserError when there is none. */
  configuration(): string;
}

/** The options that go with every command. */
export const COMMON_OPTIONS: Readonly<Record<string, CommandOption>> = {
  config: { value: 'FILE', help: 'the configuration file (default: $GATEWAY_CONFIG, then the embedded one)' },
  help: { short: 'h', help: 'this text' },
  version: { short: 'v', help: 'the version' },
};

/** A command line before its command is known to exist. */
export interface ReadLine extends Omit<CommandLine, 'configuration'> {
  /** The word after the program's name that is no option. */
  readonly command: string | undefined;
}

/**
 * Reads the words after the program's name. The command is the first that is
 * no option; its options may stand before it, too.
 * @throws {Misuse} for an option that the command has not, with the nearest that it has
 */
export function readCommandLine(args: readonly string[], commands: Readonly<Record<string, Command>>): ReadLine {
  const everyOption = optionsOfAll(commands);
  const found = commandAmong(tokensOf(args, everyOption));
  // Now that the command is known, a name means what it means there: "init --csv FILE", "audit --csv".
  const known = found !== undefined && Object.hasOwn(commands, found) ? commands[found]?.options : undefined;
  const tokens = tokensOf(args, { ...everyOption, ...known });
  const terminator = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? Number.POSITIVE_INFINITY;
  const words = tokens.filter((token) => token.kind === 'positional');
  const [command, ...given] = words.filter(({ index }) => index < terminator).map(({ value }) => value);
  const own = command !== undefined && Object.hasOwn(commands, command) ? commands[command] : undefined;
  const options = { ...COMMON_OPTIONS, ...own?.options };
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    // Some command has it: that this is none, or which is meant, is said first.
    if (option === undefined && own === undefined && Object.hasOwn(everyOption, token.name)) continue;
    if (option === undefined) throw unknownOption(token.rawName, command, own === undefined ? everyOption : options);
    values.set(token.name, valueGiven(token, option, command));
  }
  return {
    command,
    arguments: given,
    rest: words.filter(({ index }) => index > terminator).map(({ value }) => value),
    value: (name) => values.get(name),
    has: (name) => values.has(name),
  };
}

function tokensOf(args: readonly string[], options: Readonly<Record<string, CommandOption>>) {
  return parseArgs({ args: [...args], options: shapes(options), strict: false, tokens: true }).tokens;
}

/** The first word that is no option, before `--`. */
function commandAmong(tokens: ReturnType<typeof tokensOf>): string | undefined {
  const first = tokens.find(({ kind }) => kind !== 'option');
  return first?.kind === 'positional' ? first.value : undefined;
}

/** Before its command, a name that takes no value somewhere takes none: else it would swallow the command. */
function optionsOfAll(commands: Readonly<Record<string, Command>>): Readonly<Record<string, CommandOption>> {
  const all: Record<string, CommandOption> = { ...COMMON_OPTIONS };
  for (const { options = {} } of Object.values(commands)) {
    for (const [name, option] of Object.entries(options)) {
      if (all[name] === undefined || option.value === undefined) all[name] = option;
    }
  }
  return all;
}

function shapes(options: Readonly<Record<string, CommandOption>>): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? 'boolean' : 'string', ...(short !== undefined && { short }) },
    ]),
  );
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function valueGiven(
  { rawName, value, inlineValue }: OptionToken,
  option: CommandOption,
  command: string | undefined,
): string {
  if (option.value === undefined) {
    if (value !== undefined) throw new Misuse(`${rawName} takes no value; write only ${rawName}`, command);
    return '';
  }
  // `--config --xml`: the next option was taken for the value.
  const isMissing = value === undefined || value === '' || (inlineValue !== true && value.startsWith('-'));
  if (isMissing) throw new Misuse(`${rawName} needs a value; write ${rawName}=${option.value}`, command);
  const { choices, isList } = option;
  const parts = isList === true ? value.split(',') : [value];
  const wrong = choices === undefined ? undefined : parts.find((part) => !choices.includes(part));
  if (choices !== undefined && wrong !== undefined) {
    const near = nearest(wrong, choices);
    const hint = near === undefined ? `write one of ${choices.join(', ')}` : `did you mean "${near}"?`;
    throw new Misuse(`${rawName} cannot be "${wrong}"; ${hint}`, command);
  }
  return value;
}

function unknownOption(
  rawName: string,
  command: string | undefined,
  options: Readonly<Record<string, CommandOption>>,
): Misuse {
  const who = command === undefined ? 'there is' : `${command} has`;
  const near = nearest(rawName.replace(/^-+/, ''), Object.keys(options));
  const known = Object.keys(options).map((name) => `--${name}`);
  const hint = near === undefined ? `its options are ${known.join(', ')}` : `did you mean "--${near}"?`;
  return new Misuse(`${who} no option "${rawName}"; ${hint}`, command);
}
