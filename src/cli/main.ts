/** `helpspot-gateway COMMAND`: reads the command line and calls the command. One file a command; `commands.ts` lists them. */

import { findConfiguration, isConfigurationNamed } from '../config/load.ts';
import { nearest } from '../config/names.ts';
import { UserError } from '../contract/index.ts';
import { type Command, Misuse, type ReadLine, readCommandLine } from './command-line.ts';
import { commands } from './commands.ts';
import { commandHelp, gatewayHelp, usageOf } from './help.ts';
import { programArguments } from './raw-arguments.ts';
import { endWithOutputs, keepStdout, processTerminal, type Terminal } from './terminal.ts';
import { printable, printableLines } from './text-width.ts';
import { packageVersion } from './version.ts';

/** What a library ends by itself after the last answer, it has ended by then. */
const LEFT_OPEN_MS = 1_000;

/** Runs one command. @returns the exit status: 0, 1 when something failed, 2 for a command line that cannot be understood */
export async function runGateway(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const line = readCommandLine(args, commands);
    if (line.has('version')) return say(`${packageVersion(terminal.packageRoot)}\n`, terminal);
    if (line.command === 'help') return say(helpOn(line.arguments[0]), terminal);
    if (line.has('help')) return say(helpOn(line.command), terminal);
    return await runCommand(commandOf(line.command), line, terminal);
  } catch (error) {
    if (error instanceof Misuse) return misunderstood(error.message, error.command, terminal);
    // A user's mistake needs words, not a stack trace; anything else is our bug and shows where.
    const words = isWithoutFolder(error) ? NO_FOLDER : error instanceof UserError ? error.message : undefined;
    if (words === undefined) throw error;
    terminal.stderr.write(`${printableLines(words).join('\n')}\n`);
    return 1;
  }
}

const NO_FOLDER = 'the folder in which this was started has been removed; go to another one, and start it there';

/** What Node.js says where a path is relative, or a library asks for the folder. */
function isWithoutFolder(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd';
}

/** @param name of a command; undefined for all of them */
function helpOn(name: string | undefined): string {
  return name === undefined || name === 'help' ? gatewayHelp(commands) : commandHelp(name, commandOf(name));
}

function commandOf(name: string | undefined): Command {
  if (name === undefined) throw new Misuse('say which command');
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command;
  // Where none is near, all of them stand below.
  const near = nearest(name, ['help', ...Object.keys(commands)]);
  throw new Misuse(`no command "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
}

async function runCommand(command: Command, line: ReadLine, terminal: Terminal): Promise<number> {
  const [extra] = [...line.arguments, ...line.rest];
  if (command.arguments === undefined && extra !== undefined) {
    throw new Misuse(`${line.command} takes no argument "${extra}"`, line.command);
  }
  let sample: string | undefined;
  const configuration = () => {
    const named = line.value('config');
    const file = findConfiguration(named, terminal.environment, terminal.packageRoot);
    const isNamed = isConfigurationNamed(named, terminal.environment);
    if (!isNamed && !SAYS_SAMPLE.has(line.command ?? '')) sample = file;
    return file;
  };
  try {
    return await command.run({ ...line, configuration }, terminal);
  } catch (error) {
    throw error instanceof Misuse ? new Misuse(error.message, line.command) : error;
  } finally {
    // Who forgot to name the file would take people of the samples for customers, and "ok" for a word on their own.
    if (sample !== undefined) terminal.stderr.write(`note: that was of the sample ${sample}; ${NAME_YOURS}\n`);
  }
}

/** They say it themselves, or it does not matter to what they print. */
const SAYS_SAMPLE: ReadonlySet<string> = new Set(['serve', 'add', 'service', 'schema']);
const NAME_YOURS = 'name your own configuration with --config=FILE or GATEWAY_CONFIG';

function say(text: string, terminal: Terminal): number {
  terminal.stdout.write(text);
  return 0;
}

/** @param name of the command, when that is known: its usage is more to the point */
function misunderstood(problem: string, name: string | undefined, terminal: Terminal): number {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  const usage = name === undefined || command === undefined ? gatewayHelp(commands) : usageOf(name, command);
  terminal.stderr.write(`helpspot-gateway: ${printable(problem)}\n\n${usage}`);
  return 2;
}

/** Runs the command of this process. @param holdProgram what the loader of the program has for a terminal */
export async function main(packageRoot: string, holdProgram: () => void): Promise<void> {
  endWithOutputs();
  keepStdout();
  process.exitCode = await runGateway(programArguments(), processTerminal(packageRoot, holdProgram));
  // All is written and closed: what an adapter of other people has left open keeps nobody waiting.
  process.stdout.write('', () => setTimeout(() => process.exit(), LEFT_OPEN_MS).unref());
}
