/** From the YAML file to the plan of the gateway. */

import { dirname, resolve } from 'node:path';
import type { output, ZodType } from 'zod';
import { UserError } from '../contract/index.ts';
import type { CommandLinePlan, GatewayPlan, PlanOrigin, ServerPlan } from '../gateway/plan.ts';
import { auditPlan } from './audit-plan.ts';
import { LIMITS } from './defaults.ts';
import { type Mistake, type ParsedFile, parseFile } from './document.ts';
import { variablesOf } from './env-file.ts';
import type { ExpansionSources } from './expand.ts';
import { isMarkedSecret, partsOf, schemasAt } from './expectation.ts';
import { readTextFile } from './files.ts';
import { lookupPlans, wantedNames } from './lookup-plans.ts';
import { maskedFile } from './masked-file.ts';
import type { Sources } from './named-sources.ts';
import { pathFrom } from './paths.ts';
import { socketMistake } from './pipe.ts';
import { ConfigurationError, shownFile } from './problems.ts';
import { pushPlans } from './push-plans.ts';
import { Report } from './report.ts';
import { clearSecrets, collectSecrets, markedTexts } from './secrets.ts';
import { accessSection } from './sections/access.ts';
import { commandLineSection } from './sections/command-line.ts';
import { logPlan, logSection } from './sections/log.ts';
import { phonesSection } from './sections/phones.ts';
import { isLoopbackHost, serverAt, serverSection } from './sections/server.ts';
import { type AdapterTable, outsideSourceAdapters, sourcePlans, withIndexes } from './source-plans.ts';
import { isPlainMap, type Located, type Path } from './tree.ts';

export { findConfiguration, isConfigurationNamed } from './files.ts';
export type { AdapterTable } from './source-plans.ts';

const SECTIONS: readonly string[] = [
  ...['server', 'access', 'log', 'commandLine', 'sources', 'lookups', 'ajax'],
  ...['push', 'webhooks', 'events', 'alerts', 'store', 'audit', 'helpspot', 'phones', 'console'],
];

/** What of a configuration is wanted. */
export interface LoadOptions {
  /**
   * Read only this lookup and its sources: the command line answers one lookup
   * and must be quick. Of a name that the file does not have, everything is read.
   */
  readonly onlyLookup?: string;
  /** Called before an adapter of other people is imported, which may do anything. */
  readonly beforeOutside?: (() => void) | undefined;
}

/**
 * Reads and checks a configuration. Only the adapters that it names are imported.
 * @param file path of the YAML file; paths in it are relative to its folder
 * @throws {ConfigurationError} with everything that is wrong, each with file, line and what to write instead
 * @throws {UserError} when the file cannot be read
 */
export async function loadConfiguration(
  file: string,
  adapters: AdapterTable,
  environment: NodeJS.ProcessEnv = process.env,
  options: LoadOptions = {},
): Promise<GatewayPlan> {
  const path = resolve(file);
  const { text, parsed, root } = readConfiguration(path, environment);
  const report = new Report(root, collectSecrets(root));
  const plan = await planOf(path, report, adapters, options).catch((error: unknown) => {
    throw report.discreet(error);
  });
  const mistakes = [...parsed.mistakes, ...report.mistakes];
  if (plan === undefined || mistakes.length > 0) throw asError(path, parsed, mistakes);
  // Collected again: what turned out to be a number (a port, a limit) is none.
  const read = { value: report.value([]) ?? null, place: root.place };
  const secrets = [...new Set([...collectSecrets(read), ...markedSecrets(report, plan.sources)])];
  return { ...plan, secrets, clearSecrets: clearSecrets(read), origin: originOf(text, secrets) };
}

/**
 * The adapters of other people that a configuration names, by the word after `adapter:`.
 * @throws {ConfigurationError} when one cannot be loaded; other mistakes of the file do not matter
 */
export async function outsideAdapters(
  file: string,
  adapters: AdapterTable,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<AdapterTable> {
  const path = resolve(file);
  const { parsed, root } = readConfiguration(path, environment);
  const report = new Report(root, collectSecrets(root));
  const found = await outsideSourceAdapters({ report, adapters, directory: dirname(path) });
  if (report.mistakes.length > 0) throw asError(path, parsed, report.mistakes);
  return found;
}

/** @throws {UserError} when the file cannot be read, or its YAML cannot */
function readConfiguration(path: string, environment: NodeJS.ProcessEnv): ReadFile {
  const content = readTextFile(path, LIMITS.fileBytes);
  if ('mistake' in content) throw new UserError(`the configuration ${shownFile(path)} ${content.mistake}`);
  const parsed = parseFile(content.text, expansionSources(dirname(path), environment));
  if (parsed.root === undefined) throw asError(path, parsed, parsed.mistakes);
  return { text: content.text, parsed, root: parsed.root };
}

interface ReadFile {
  readonly text: string;
  readonly parsed: ParsedFile;
  readonly root: Located;
}

/** What the adapters mark as secret. */
function markedSecrets(report: Report, sources: GatewayPlan['sources']): readonly string[] {
  return [...sources.values()].flatMap(({ name, adapter: { settings } }) =>
    markedTexts(report.value(['sources', name]), (path) =>
      schemasAt(settings, path.slice(0, -1))
        .flatMap((parent) => partsOf(parent, path.at(-1) ?? ''))
        .some(isMarkedSecret),
    ),
  );
}

/** The text is kept for who wants to see it; most never do, and a Live Lookup of the command line has no time for it. */
function originOf(text: string, secrets: readonly string[]): PlanOrigin {
  return {
    readAt: new Date(),
    digest: textDigest(text),
    shown: () => maskedFile(text, secrets),
  };
}

function textDigest(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
}

/** Whether the file still has the text that a configuration was made of; false also where that is not known. */
export async function isUnchanged({ file, origin }: Pick<GatewayPlan, 'file' | 'origin'>): Promise<boolean> {
  // Not at once, as at the start: a network drive that does not answer must not stop a gateway that serves.
  const { readFile } = process.getBuiltinModule('node:fs/promises');
  const text = (await readFile(file, 'utf8').catch(() => '')).replace(/^\uFEFF/, '');
  return textDigest(text) === origin?.digest;
}

function expansionSources(folder: string, environment: NodeJS.ProcessEnv): ExpansionSources {
  const variables = variablesOf(folder, environment);
  return {
    variable: (name) => variables.value(name),
    get variablesTrouble() {
      return variables.trouble;
    },
    file: (path) => readTextFile(pathFrom(folder, path), LIMITS.secretFileBytes),
  };
}

function asError(path: string, { position }: ParsedFile, mistakes: readonly Mistake[]): ConfigurationError {
  const file = shownFile(path);
  return new ConfigurationError(mistakes.map(({ offset, message }) => ({ file, ...position(offset), message })));
}

/** Undefined when something is wrong; then the report has it. */
async function planOf(
  file: string,
  report: Report,
  adapters: AdapterTable,
  { onlyLookup, beforeOutside }: LoadOptions,
): Promise<Omit<GatewayPlan, 'secrets' | 'clearSecrets' | 'origin'> | undefined> {
  checkSectionNames(report);
  const server = section(report, 'server', serverSection);
  const socket = server?.socket && socketMistake(server.socket);
  if (socket !== undefined) report.add(['server', socket.key], socket.words);
  const access = section(report, 'access', accessSection);
  const log = section(report, 'log', logSection);
  const commandLine = withLog(section(report, 'commandLine', commandLineSection), dirname(file));
  const wanted = wantedNames(report, onlyLookup);
  const country = section(report, 'phones', phonesSection)?.country;
  const [directory, deadlineMs] = [dirname(file), server?.deadlineMs];
  const surroundings = { report, adapters, directory, deadlineMs, country, beforeOutside };
  const sources = await sourcePlans(surroundings, wanted?.sources);
  const lookups = lookupPlans(report, sources, wanted?.lookups);
  for (const { name, patienceMs } of lookups.values()) {
    const path = ['lookups', name, 'patience'];
    if (server === undefined || patienceMs <= server.deadlineMs || report.value(path) === undefined) continue;
    const deadline = `the deadline of the server (${server.deadlineMs} ms)`;
    report.add(path, `is longer than ${deadline}, which ends the call before; write a shorter time`);
  }
  const ajax = wanted === undefined ? await ajaxSection(report, sources) : new Map();
  const pushing = await pushPlans(report, sources, dirname(file), wanted === undefined);
  if (server !== undefined && access?.keys.length === 0) refuseOpenGateway(report, server);
  if (server === undefined || access === undefined || log === undefined || commandLine === undefined) return undefined;
  if (pushing === undefined) return undefined;
  const indexed = withIndexes(report, sources, { lookups, ajax, events: pushing.events });
  const console = await consoleOf(report, dirname(file), server);
  const audit = await auditPlan(report, dirname(file), pushing.store);
  if (wanted === undefined) {
    const kept = [...indexed.values()].filter(({ index }) => index !== undefined).map(({ name }) => name);
    await reportMissingSqlite(report, [
      ...(pushing.push.size > 0 ? [['push']] : []),
      ...(audit === undefined ? [] : [['audit']]),
      ...kept.map((name) => ['sources', name, 'index']),
    ]);
  }
  const [here, logged] = [serverAt(server, file), logPlan(log, dirname(file))];
  const own = { file, server: here, access, log: logged, commandLine };
  return { ...own, sources: indexed, lookups, ajax, ...pushing, audit, console };
}

function withLog(plan: CommandLinePlan | undefined, directory: string): CommandLinePlan | undefined {
  return plan?.log === undefined ? plan : { ...plan, log: pathFrom(directory, plan.log) };
}

/** The command line of a Live Lookup needs none, and most files have none. */
async function ajaxSection(report: Report, sources: Sources): Promise<GatewayPlan['ajax']> {
  if (!report.has('ajax')) return new Map();
  const { ajaxPlans } = await import('./ajax-plans.ts');
  return ajaxPlans(report, sources);
}

/** What has a file of its own needs SQLite: said here, with the line, rather than by each call. @param users their keys */
async function reportMissingSqlite(report: Report, users: readonly Path[]): Promise<void> {
  if (users.length === 0) return;
  const { missingSqlite } = await import('../kit/sqlite/index.ts');
  const missing = missingSqlite();
  if (missing !== undefined) for (const path of users) report.add(path, missing);
}

/** Most files have none, and the command line of a Live Lookup needs none. */
async function consoleOf(report: Report, directory: string, server: ServerPlan): Promise<GatewayPlan['console']> {
  if (!report.has('console')) return undefined;
  const { consolePlan } = await import('./console-plan.ts');
  return consolePlan(report, directory, server);
}

function checkSectionNames(report: Report): void {
  const root = report.value([]);
  for (const name of isPlainMap(root) ? Object.keys(root) : []) {
    if (!SECTIONS.includes(name)) report.addUnknownKey([name], SECTIONS);
  }
}

/** A section that stands for itself; left out, or with everything in it commented out, it has its defaults. */
function section<Schema extends ZodType>(report: Report, name: string, schema: Schema): output<Schema> | undefined {
  if (report.has(name)) return report.check(schema, [name]);
  return report.isUsable([name]) ? schema.parse({}, { jitless: true }) : undefined;
}

/** Without a key only this machine may ask; a proxy lets others in. */
function refuseOpenGateway(report: Report, { host, trustProxy }: Pick<ServerPlan, 'host' | 'trustProxy'>): void {
  const keys = `access: { keys: [{ name: helpspot, secret: "\${GATEWAY_KEY}" }] }`;
  const open = 'and access.keys is empty, so everybody could read customers';
  if (!isLoopbackHost(host)) {
    report.add(
      ['server', 'host'],
      `is an address that other machines reach, ${open}; write ${keys}, or host: 127.0.0.1`,
    );
  } else if (trustProxy.length > 0) {
    report.add(['server', 'trustProxy'], `lets other machines in through the proxy, ${open}; write ${keys}`);
  }
}
