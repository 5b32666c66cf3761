/**
 * Command-line Live Lookup: `livelookup [--lookup=NAME] [--config=FILE] <what HelpSpot adds>`. Standard output always
 * gets XML, the log goes to standard error (manual, chapter 1.2). HelpSpot starts it anew for every lookup, so it loads
 * no more than the lookup in hand needs.
 */

import { adapters } from '../../adapters/index.ts';
import { findConfiguration, loadConfiguration } from '../config/load.ts';
import { nearest } from '../config/names.ts';
import { redact, UserError } from '../contract/index.ts';
import { createGateway } from '../gateway/gateway.ts';
import { parametersOf } from '../gateway/lookup/match-steps.ts';
import { newReference } from '../gateway/reference.ts';
import { type Written, writtenLookup } from '../gateway/writing.ts';
import { parseArguments } from '../helpspot/arguments.ts';
import { writeLookupError } from '../helpspot/lookup-xml.ts';
import { isHelpSpotParameter } from '../helpspot/parameters.ts';
import { STANDARD_ELEMENTS } from '../helpspot/xml-name.ts';
import { openAuditHere } from '../store/audit-file/audit-file.ts';
import { openCustomerIndex } from '../store/index-file/index-file.ts';
import { directOutput } from './direct-output.ts';
import { liveLookupHelp } from './help.ts';
import { createLog } from './log.ts';
import { programArguments } from './raw-arguments.ts';
import type { Terminal } from './terminal.ts';
import { packageVersion } from './version.ts';

/** The gateway's own options stand before what HelpSpot adds, so that no field of a request can be taken for one. */
interface OwnOptions {
  readonly lookup: string;
  readonly config: string | undefined;
  readonly rest: readonly string[];
}

/** Of the configuration in use, for what this process may have to say at its end. */
let secrets: readonly string[] = [];

/** A text without the secrets of the configuration, as far as it was read. */
export function withoutSecrets(text: string): string {
  return redact(text, secrets);
}

/** Takes `--lookup=` and `--config=` off the front. */
function ownOptions(args: readonly string[]): OwnOptions {
  let lookup = 'default';
  let config: string | undefined;
  let at = 0;
  for (; at < args.length; at += 1) {
    const option = /^--(lookup|config)=(.*)$/s.exec(args[at] ?? '');
    if (option === null) break;
    if (option[1] === 'lookup') lookup = option[2] ?? '';
    else config = option[2];
  }
  return { lookup, config, rest: args.slice(at) };
}

const OPTIONS = ['--lookup', '--config'];

/**
 * A misspelled option would be taken for a field of the request, and the lookup would be answered from other data.
 * @param searched parameters that the lookup searches by, whatever they are called; undefined as long as it is not known
 * @throws {UserError} for an option that is not ours before what HelpSpot adds, and for `--config` behind it
 */
function refuseMisplaced(rest: readonly string[], searched?: ReadonlySet<string>): void {
  const late = rest.find((argument) => /^--config(?:=|$)/.test(argument));
  if (late !== undefined) throw new UserError('--config stands behind other parameters; write it before all of them');
  for (const argument of rest) {
    const name = /^--([^=]+)/.exec(argument)?.[1];
    if (name === undefined || isHelpSpotParameter(name) || searched?.has(name) === true) return;
    const meant = nearest(`--${name}`, OPTIONS);
    if (meant !== undefined) throw new UserError(`there is no option --${name}; did you mean ${meant}=…?`);
    if (searched !== undefined)
      throw new UserError(`there is no option --${name}; there are --lookup=NAME and --config=FILE`);
  }
}

/** The file that is named. HelpSpot must not show the sample people of the embedded one as its customers. */
function namedConfiguration(config: string | undefined, { environment, packageRoot }: Terminal): string {
  if (config === undefined && (environment['GATEWAY_CONFIG'] ?? '') === '') {
    throw new UserError(
      'no configuration is named; write --config=FILE before all other parameters, or set GATEWAY_CONFIG=FILE',
    );
  }
  return findConfiguration(config, environment, packageRoot);
}

/**
 * Answers one lookup.
 * @returns the exit status: 0 for an answer (also for nobody found), 1 for a failure that the XML says in words
 */
export async function runLiveLookup(args: readonly string[], terminal: Terminal): Promise<number> {
  // Only alone: HelpSpot passes every field of the request page on, and one may be called "help".
  if (args.length === 1 && args[0] === '--help') return say(terminal, liveLookupHelp);
  if (args.length === 1 && args[0] === '--version') return say(terminal, `${packageVersion(terminal.packageRoot)}\n`);
  try {
    const { xml, failure } = await answer(args, terminal);
    terminal.stdout.write(xml);
    return failure === undefined ? 0 : 1;
  } catch (error) {
    const reference = newReference();
    const problem = error instanceof UserError ? error.message : error instanceof Error ? error.stack : String(error);
    terminal.stderr.write(withoutSecrets(`livelookup (ref ${reference}): ${problem}\n`));
    terminal.stdout.write(
      writeLookupError(`The gateway is not set up correctly; tell your administrator (ref ${reference})`),
    );
    return 1;
  }
}

async function answer(args: readonly string[], terminal: Terminal): Promise<Written> {
  const own = ownOptions(args);
  refuseMisplaced(own.rest);
  const file = namedConfiguration(own.config, terminal);
  const plan = await loadConfiguration(file, adapters, terminal.environment, { onlyLookup: own.lookup });
  secrets = plan.secrets;
  refuseMisplaced(own.rest, new Set(plan.lookups.get(own.lookup)?.match.flatMap(parametersOf)));
  const log = createLog(plan.log.level, terminal.stderr, () => plan.secrets);
  const gateway = createGateway(plan, { log, openIndex: openCustomerIndex, openAudit: openAuditHere });
  try {
    const parameters = parseArguments(own.rest, plan.commandLine);
    const ignored =
      own.rest.filter((argument) => !argument.startsWith('--')).length -
      STANDARD_ELEMENTS.length -
      plan.commandLine.customFields.length;
    if (ignored > 0) {
      log.warn(
        { ignored },
        'values behind those of the custom fields are ignored; write the ids of all custom fields: commandLine: { customFields: [1, 5] }',
      );
    }
    const controller = new AbortController();
    const outcome = await gateway.lookup({ lookup: own.lookup, parameters }, { via: 'command-line', controller });
    return await writtenLookup(outcome, { signal: controller.signal, log });
  } finally {
    await gateway.close();
  }
}

function say(terminal: Terminal, text: string): number {
  terminal.stdout.write(text);
  return 0;
}

/** Runs the command in this process and ends it as soon as the answer is written. */
export async function main(packageRoot: string): Promise<void> {
  const stdout = directOutput(1, () => process.stdout);
  const stderr = directOutput(2, () => process.stderr);
  const status = await runLiveLookup(programArguments(), { stdout, stderr, environment: process.env, packageRoot });
  await stdout.flushed();
  await stderr.flushed();
  // A driver that keeps a timer or a socket must not keep HelpSpot waiting.
  process.exit(status);
}
