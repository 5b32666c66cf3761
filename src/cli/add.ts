/** `helpspot-gateway add source` and `add lookup`: one entry more in a configuration that is there. */
import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { adapters } from '../../adapters/index.ts';
import { LIMITS } from '../config/defaults.ts';
import { ENV_FILE } from '../config/env-file.ts';
import { loadConfiguration } from '../config/load.ts';
import { NAME, suggestion } from '../config/names.ts';
import { shownFile } from '../config/problems.ts';
import { UserError } from '../contract/index.ts';
import { createGateway } from '../gateway/gateway.ts';
import type { GatewayPlan, SourcePlan } from '../gateway/plan.ts';
import { addressesOf, reachedAt } from '../http/addresses.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import { createLog } from './log.ts';
import {
  type Lines,
  lookupLines,
  type NewSource,
  proposedSteps,
  scalar,
  shownOf,
  sourceLines,
} from './setup/config-text.ts';
import { withVariable } from './setup/env-text.ts';
import { withEntry } from './setup/insert.ts';
import { newSource, newSourceName, questionsOf, sayWhatWasFound } from './setup/new-source.ts';
import { PERSONAL } from './setup/proposal.ts';
import { type Change, envTextIn, hasByteOrderMark, writeChecked, writtenText } from './setup/writing.ts';
import { programOf, type Terminal } from './terminal.ts';
import { asShellWord, printable } from './text-width.ts';

/** Adds what its first argument says. @returns the exit status */
export async function add(line: CommandLine, terminal: Terminal): Promise<number> {
  const [what, name, extra] = line.arguments;
  if ((what !== 'source' && what !== 'lookup') || name === undefined) {
    throw new Misuse('say what to add: add source NAME --csv=FILE, or add lookup NAME --source=SOURCE');
  }
  if (extra !== undefined) throw new Misuse(`add ${what} takes no argument "${extra}"`);
  if (!NAME.test(name)) throw new Misuse(`the name of a ${what} has letters, digits, "-" and "_" only`);
  const file = editedFile(line, terminal);
  // A file with a mistake is not added to: what is wrong then would be anybody's guess.
  const plan = await loadConfiguration(file, adapters, terminal.environment);
  return what === 'source'
    ? await addSource(name, file, plan, line, terminal)
    : await addLookup(name, file, plan, line, terminal);
}

/** Behind a link the file itself is written, not the link. @throws {UserError} for the sample data of the package */
function editedFile(line: CommandLine, terminal: Terminal): string {
  const program = programOf(terminal);
  const file = realpathSync(line.configuration());
  if (file !== resolve(terminal.packageRoot, 'config', 'gateway.yaml')) return file;
  throw new UserError(
    `${shownFile(file)} is the sample; name your own with --config=FILE, or make one first: ${program} init`,
  );
}

async function addSource(
  name: string,
  file: string,
  plan: GatewayPlan,
  line: CommandLine,
  terminal: Terminal,
): Promise<number> {
  if (line.value('source') !== undefined) throw new Misuse('--source goes with add lookup');
  if (plan.sources.has(name)) throw new UserError(`there is a source "${name}" already; choose another name`);
  const questions = questionsOf(line, terminal);
  const source = await newSource(newSourceName(name), line, terminal, questions);
  const folder = dirname(file);
  const envText = envTextIn(folder);
  const { variable, password } = source;
  const env = variable === undefined || password === undefined ? undefined : withVariable(envText, variable, password);
  // Of two databases staff must know which one is away.
  const lines = sourceLines({ ...source, variable: env?.name }, folder, name);
  await write(file, 'sources', name, lines, terminal, env?.text ?? envText);
  sayWhatWasFound(source, terminal);
  terminal.stdout.write(untitledWords(plan, source));
  const shown = printable(shownFile(file));
  const config = asShellWord(shownFile(file));
  const added = `\nAdded to ${shown}${env === undefined ? '' : `, and the password to ${ENV_FILE} beside it`}.\n\n`;
  const program = programOf(terminal);
  const check = `  ${program} check --config=${config}\n`;
  const related = relatedLine(name, source);
  if (!isOfPeople(source) && related !== undefined) {
    // A lookup of contracts would show a contract in the place of a customer.
    const next = `Next, in the lookup that finds the customer (docs/related.md):\n${related}\nand then\n${check}`;
    terminal.stdout.write(added + next);
    return 0;
  }
  const belonging =
    related === undefined
      ? '.'
      : `;\nor, where it has what belongs to a customer, into that lookup (docs/related.md):\n${related}`;
  terminal.stdout.write(
    `${added}Next:\n` +
      `  ${program} add lookup ${name} --source=${name} --config=${config}\n${check}` +
      `or write ${name} into "sources" of a lookup that is there, with a mergeBy (docs/configuration.md)${belonging}\n`,
  );
  return 0;
}

/** What was called after its kind as long as it was alone. */
function untitledWords({ sources }: GatewayPlan, { looked }: NewSource): string {
  const isUntitled = ({ adapter, title }: SourcePlan) =>
    adapter.name === looked.given.adapter && title === adapter.title;
  const [other] = [...sources.values()].filter(isUntitled);
  if (other === undefined) return '';
  return `  Staff call ${other.name} "${other.title}", and there are two of that kind now: give it a title in the file, too.\n`;
}

function isOfPeople({ looked, fields }: NewSource): boolean {
  const personal: readonly string[] = PERSONAL;
  return looked.given.adapter === 'ldap' || fields.some(({ field }) => personal.includes(field));
}

/** How the records are shown with the customer to whom they belong. */
function relatedLine(name: string, { fields }: NewSource): string | undefined {
  const by = ['customer_id', 'email', 'phone'].find((role) => fields.some(({ field }) => field === role));
  const called = scalar(name);
  return by === undefined
    ? undefined
    : `  related: { ${called}: { source: ${called}, where: { ${by}: "{{${by}}}" } } }`;
}

async function addLookup(
  name: string,
  file: string,
  plan: GatewayPlan,
  line: CommandLine,
  terminal: Terminal,
): Promise<number> {
  const wanted = line.value('source')?.split(',');
  if (wanted === undefined) throw new Misuse('--source=NAME must say which source it asks; several with commas');
  if (plan.lookups.has(name)) throw new UserError(`there is a lookup "${name}" already; choose another name`);
  const known = [...plan.sources.keys()];
  const unknown = wanted.find((one) => !known.includes(one));
  if (unknown !== undefined)
    throw new UserError(`there is no source "${unknown}"; ${suggestion(unknown, known, 'sources')}`);
  const names = await fieldsOf(plan, wanted, terminal);
  if (proposedSteps(names) === undefined) {
    const fields = [...names].slice(0, 40).join(', ');
    throw new UserError(
      `customers are found by none of the fields ${fields}; write the lookup by hand (docs/configuration.md)`,
    );
  }
  const [first = ''] = wanted;
  const shown = wanted.length === 1 ? shownOf(plan.sources.get(first)?.adapter.name ?? '', names) : undefined;
  const merging =
    wanted.length > 1 && names.has('email') ? ['  mergeBy: email # records of one person become one customer'] : [];
  const lines = [...lookupLines(name, wanted, names, shown), ...merging];
  const next = await write(file, 'lookups', name, lines, terminal, envTextIn(dirname(file)));
  const path = name === 'default' ? '/livelookup' : `/livelookup/${name}`;
  const address =
    addressesOf(reachedAt(next.server), next).find((one) => one.kind === 'lookups' && one.address.endsWith(path))
      ?.address ?? '';
  const config = asShellWord(shownFile(file));
  terminal.stdout.write(
    `Added to ${printable(shownFile(file))}. It finds by ${(proposedSteps(names) ?? []).join(', ')}.\n\n` +
      `Paste into HelpSpot (Admin > Settings > Live Lookup):\n  ${address}\n\nNext:\n  ${programOf(terminal)} check --config=${config}\n`,
  );
  return 0;
}

/** The fields of sources that are configured. @throws {UserError} when one cannot be asked */
async function fieldsOf(
  plan: GatewayPlan,
  sources: readonly string[],
  terminal: Terminal,
): Promise<ReadonlySet<string>> {
  const log = createLog('silent', terminal.stderr, () => plan.secrets);
  const gateway = createGateway(plan, { log });
  try {
    const names = new Set<string>();
    for (const source of sources) {
      const row = await gateway.checkSource(source);
      if (!row.ok) throw new UserError(`${source}: ${row.problem}`);
      for (const { name } of (await gateway.lookAt(source, true))?.fields ?? []) names.add(name);
    }
    return names;
  } finally {
    await gateway.close();
  }
}

async function write(
  file: string,
  section: string,
  name: string,
  lines: Lines,
  terminal: Terminal,
  envText: string,
): Promise<GatewayPlan> {
  const before = writtenText(file, LIMITS.fileBytes) ?? '';
  const mark = (await hasByteOrderMark(file)) ? '\ufeff' : '';
  const configuration: Change = { file, before, text: mark + withEntry(before, section, name, lines) };
  const envFile = join(dirname(file), ENV_FILE);
  const envBefore = writtenText(envFile, LIMITS.secretFileBytes);
  return await writeChecked(configuration, { file: envFile, before: envBefore, text: envText }, terminal);
}
