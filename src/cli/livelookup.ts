/**
 * Command-line Live Lookup: `livelookup [--lookup=NAME] [--config=FILE] <what HelpSpot adds>`. Standard output always
 * gets XML, the log goes to standard error (manual, chapter 1.2). HelpSpot starts it anew for every lookup, so it loads
 * no more than the lookup in hand needs.
 */

import { adapters } from '../../adapters/index.ts';
import { findConfiguration, isConfigurationNamed, loadConfiguration } from '../config/load.ts';
import { redact, UserError } from '../contract/index.ts';
import { createGateway } from '../gateway/gateway.ts';
import { newReference } from '../gateway/reference.ts';
import type { Written } from '../gateway/writing.ts';
import { writeLookupError } from '../helpspot/lookup-xml.ts';
import { openAuditHere } from '../store/audit-file/audit-file.ts';
import { openCustomerIndex } from '../store/index-file/index-file.ts';
import { directOutput } from './direct-output.ts';
import { liveLookupHelp } from './help.ts';
import { createLog } from './log.ts';
import { appendedTo, both } from './log-file.ts';
import { ownLookup, ownOptions, refuseMisplaced } from './own-options.ts';
import { programArguments } from './raw-arguments.ts';
import { keepStdout, type Output, type Terminal } from './terminal.ts';
import { packageVersion } from './version.ts';

/** Of the configuration in use, for what this process may have to say at its end. */
let secrets: readonly string[] = [];
/** `commandLine.log`, as soon as it is known. */
let logFile: Output | undefined;

/** Whether standard output has an answer: what goes wrong behind it must not put another one there. */
let answered = false;

export function hasAnswered(): boolean {
  return answered;
}

/** A text without the secrets of the configuration, as far as it was read. */
export function withoutSecrets(text: string): string {
  return redact(text, secrets);
}

/** The file that is named. HelpSpot must not show the sample people of the embedded one as its customers. */
function namedConfiguration(config: string | undefined, { environment, packageRoot }: Terminal): string {
  if (!isConfigurationNamed(config, environment)) {
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
  logFile = undefined;
  answered = false;
  try {
    const { xml, failure } = await answer(args, terminal);
    answered = true;
    terminal.stdout.write(xml);
    return failure === undefined ? 0 : 1;
  } catch (error) {
    const reference = newReference();
    const problem = error instanceof UserError ? error.message : error instanceof Error ? error.stack : String(error);
    terminal.stderr.write(withoutSecrets(`livelookup (ref ${reference}): ${problem}\n`));
    if (logFile !== undefined) {
      createLog('error', logFile, () => secrets).error({ reference, problem }, 'the lookup was not answered');
    }
    answered = true;
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
  const wanted = { onlyLookup: own.lookup, beforeOutside: terminal.connects };
  const plan = await loadConfiguration(file, adapters, terminal.environment, wanted);
  if (![...plan.sources.values()].every(({ adapter }) => adapter.isLocal === true)) terminal.connects?.();
  secrets = plan.secrets;
  const { log: named } = plan.commandLine;
  if (named !== undefined) logFile = appendedTo(named, terminal.stderr);
  const output = logFile === undefined ? terminal.stderr : both(terminal.stderr, logFile);
  const log = createLog(plan.log.level, output, () => plan.secrets);
  const gateway = createGateway(plan, { log, openIndex: openCustomerIndex, openAudit: openAuditHere });
  try {
    return await ownLookup(own, { gateway, controller: new AbortController() });
  } finally {
    await gateway.close();
  }
}

function say(terminal: Terminal, text: string): number {
  terminal.stdout.write(text);
  return 0;
}

/** Runs the command in this process and ends it as soon as the answer is written. @param connects see {@link Terminal.connects} */
export async function main(packageRoot: string, connects?: () => void): Promise<void> {
  keepStdout();
  const stdout = directOutput(1, () => process.stdout);
  // Staff get their answer, also where the disk with what is said beside it is full, or nobody reads that.
  const stderr = directOutput(2, () => process.stderr.on('error', () => undefined));
  const terminal = { stdout, stderr, environment: process.env, packageRoot, connects };
  const status = await runLiveLookup(programArguments(), terminal);
  await stdout.flushed();
  await stderr.flushed();
  // A driver that keeps a timer or a socket must not keep HelpSpot waiting.
  process.exit(status);
}
