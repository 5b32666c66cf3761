/** `helpspot-gateway COMMAND`: reads the command line and calls the command. One file a command. */
import { parseArgs } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { findConfiguration } from '../config/load.ts';
import { UserError } from '../gateway/errors.ts';
import { gatewayHelp } from './help.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { packageVersion } from './version.ts';

type Command = (file: () => string, terminal: Terminal) => Promise<number>;

// Loaded when called: `schema` does not need Express.
const commands: Readonly<Record<string, Command>> = {
  serve: async (file, terminal) => (await import('./serve.ts')).serve(file(), terminal),
  check: async (file, terminal) => (await import('./check.ts')).check(file(), terminal),
  schema: async (_file, terminal) => (await import('./schema.ts')).schema(terminal),
};

/** Runs one command. @returns the exit status: 0, 1 when something failed, 2 for a command line that cannot be understood */
export async function runGateway(args: readonly string[], terminal: Terminal): Promise<number> {
  let line: ReturnType<typeof readArguments>;
  try {
    line = readArguments(args);
  } catch (error) {
    return misunderstood(error instanceof Error ? error.message : String(error), terminal);
  }
  const { values, positionals } = line;
  if (values.version) return say(`${packageVersion(terminal.packageRoot)}\n`, terminal);
  if (values.help) return say(gatewayHelp, terminal);
  const [name, ...extra] = positionals;
  if (name === undefined) return misunderstood('say which command', terminal);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    return misunderstood(`no command "${name}"; did you mean "${closest(name, Object.keys(commands))}"?`, terminal);
  }
  if (extra.length > 0) return misunderstood(`${name} takes no argument "${extra[0]}"`, terminal);
  try {
    const file = () => findConfiguration(values.config, terminal.environment, terminal.packageRoot);
    return await command(file, terminal);
  } catch (error) {
    // A user's mistake needs words, not a stack trace; anything else is our bug and shows where.
    if (!(error instanceof UserError)) throw error;
    terminal.stderr.write(`${error.message}\n`);
    return 1;
  }
}

function readArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  });
}

function say(text: string, terminal: Terminal): number {
  terminal.stdout.write(text);
  return 0;
}

function misunderstood(problem: string, terminal: Terminal): number {
  terminal.stderr.write(`helpspot-gateway: ${problem}\n\n${gatewayHelp}`);
  return 2;
}

/** Runs the command of this process. */
export async function main(packageRoot: string): Promise<void> {
  process.exitCode = await runGateway(process.argv.slice(2), processTerminal(packageRoot));
}
