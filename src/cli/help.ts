/** The texts of `--help`. */
import { COMMON_OPTIONS, type Command, type CommandOption } from './command-line.ts';
import { table } from './terminal.ts';

export const liveLookupHelp = `Usage: livelookup [--lookup=NAME] [--config=FILE] <what HelpSpot adds>

Answers one HelpSpot Live Lookup: XML on standard output, the log on standard error.

  --lookup=NAME   which lookup of the configuration (default: default)
  --config=FILE   the configuration file (default: $GATEWAY_CONFIG); one of the two must name it
  --socket=FILE   where to ask a gateway that serves (default: ../var/gateway.sock beside the configuration;
                  on Windows a named pipe)
  --help          this text, when it is the only argument
  --version       the version, when it is the only argument

HelpSpot 5.3.0 and later adds named parameters:
  livelookup --customer_id=1001 --first_name=Bob --last_name=Jones --email --phone
HelpSpot before 5.3.0 adds positions, then the custom fields in ascending order of
their ids (commandLine.customFields in the configuration says which):
  livelookup 1001 Bob Jones '' ''

The exit status is 0 for an answer and 1 for a failure, which the XML says in words.
`;

/** The help of `helpspot-gateway` as a whole. */
export function gatewayHelp(commands: Readonly<Record<string, Command>>): string {
  const summaries = Object.entries(commands).map(([name, { summary }]) => [`  ${name}`, summary]);
  return (
    `Usage: helpspot-gateway COMMAND [options]\n\nCommands:\n${table(summaries)}\n` +
    `Options of every command:\n${optionRows(COMMON_OPTIONS)}\n` +
    'helpspot-gateway COMMAND --help says more of one of them.\n'
  );
}

/** The help of one command. */
export function commandHelp(name: string, { summary, options = {}, notes, ...command }: Command): string {
  const about = `${usageOf(name, { ...command, summary, options })}\n${summary}\n`;
  const own = `\nOptions:\n${optionRows({ ...options, ...COMMON_OPTIONS })}`;
  return about + own + (notes === undefined ? '' : `\n${notes}`);
}

/** The one line that says how a command is called. */
export function usageOf(name: string, command: Command): string {
  const words = ['Usage: helpspot-gateway', name, command.arguments, '[options]'];
  return `${words.filter((word) => word !== undefined).join(' ')}\n`;
}

function optionRows(options: Readonly<Record<string, CommandOption>>): string {
  return table(
    Object.entries(options).map(([name, { value, help }]) => [
      `  --${name}${value === undefined ? '' : `=${value}`}`,
      help,
    ]),
  );
}
