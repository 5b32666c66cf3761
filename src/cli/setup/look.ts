/** Looks at a system that nobody has described yet: its tables, its columns, some of its records. */
import { SourceError, UserError } from '../../contract/index.ts';
import type { GivenSystem } from './given.ts';
import { type Choose, type Looked, sampledColumns, withSource } from './system.ts';

/** A system that gives no sample in this time is too slow for staff, too. */
const PATIENCE_MS = 60_000;
/**
 * Opens the system once and looks at it.
 * @param unset the variable of a password that nobody gave
 * @throws {UserError} with what is wrong and what to do; {@link Misuse} for what the options must say
 */
export async function lookAt(given: GivenSystem, choose: Choose, unset?: string): Promise<Looked> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await lookIn(given, choose, signal);
  } catch (error) {
    if (signal.aborted) {
      const seconds = PATIENCE_MS / 1000;
      throw new UserError(
        `the ${given.adapter} system did not answer within ${seconds} seconds; see whether it is up, or busy`,
      );
    }
    if (!(error instanceof SourceError)) throw error;
    const { kind, message } = error;
    const isUngiven = kind === 'unauthorized' && unset !== undefined;
    const ungiven = `no password was given: set ${unset} in the environment, or leave out --yes to be asked for it`;
    const remedy = isUngiven ? ungiven : error.remedy === undefined ? undefined : byOptions(error.remedy);
    throw new UserError(remedy === undefined ? message : `${message}; ${remedy}`);
  }
}

/** What adapters call after the settings of a file, which is not written yet. The first that fits a place holds. */
const OPTIONS: readonly (readonly [settings: string, option: string])[] = [
  ['in tls: { ca: … }', 'in --ca=FILE'],
  ['under tls.ca', 'in --ca=FILE'],
  [', or in tls: { serverName: … }', ''],
  [', or startTls: true', ''],
  ['user and password', 'the user in --url, and the password'],
  ['bindDn and bindPassword', '--bind and the password'],
  ['bindDn', '--bind'],
  ['baseDn', '--base'],
  ['in url', 'in --ldap'],
];

function byOptions(remedy: string): string {
  return OPTIONS.reduce((words, [settings, option]) => words.replaceAll(settings, option), remedy);
}

async function lookIn(given: GivenSystem, choose: Choose, signal: AbortSignal): Promise<Looked> {
  switch (given.adapter) {
    case 'csv':
      return await lookAtCsv(given, signal);
    case 'ldap': {
      const { lookAtDirectory } = await import('./look-directory.ts');
      return await lookAtDirectory(given, choose, signal);
    }
    default: {
      const { lookAtDatabase } = await import('./look-database.ts');
      return await lookAtDatabase(given, choose, signal);
    }
  }
}

async function lookAtCsv(given: GivenSystem, signal: AbortSignal): Promise<Looked> {
  const { settings, warnings } = await inEncoding(given, signal);
  const { columns, records } = await sampledColumns(given, settings, signal);
  // An address or a number in the place of a name: the first line is a customer already.
  if (columns.some(({ name }) => name.includes('@') || /^[+\d][\d ()/.-]*$/.test(name))) {
    throw new UserError(
      `${settings['file']}: the first line has no names of columns but data; write a line with their names above it, ` +
        'separated as the others are',
    );
  }
  const notes =
    settings['encoding'] === undefined ? [] : [`The file is not UTF-8; it is read as ${settings['encoding']}.`];
  return { given, settings, columns, records, notes: [...notes, ...warnings] };
}

/** What is not UTF-8 comes from Windows, unless somebody says otherwise. */
async function inEncoding(
  given: GivenSystem,
  signal: AbortSignal,
): Promise<{ readonly settings: GivenSystem['settings']; readonly warnings: readonly string[] }> {
  const read = (settings: GivenSystem['settings']) =>
    withSource(given, settings, signal, async (source, context) => {
      await source.check(context);
      return { settings, warnings: source.state?.().warnings ?? [] };
    });
  try {
    return await read(given.settings);
  } catch (error) {
    const isOther = error instanceof SourceError && error.kind === 'rejected' && error.message.endsWith('is not UTF-8');
    if (!isOther || given.settings['encoding'] !== undefined) throw error;
    return await read({ ...given.settings, encoding: 'windows-1252' });
  }
}
