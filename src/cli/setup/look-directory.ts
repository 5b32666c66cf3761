/** Looks at a directory: which parts it has, what its people have. */
import ldap from '../../../adapters/ldap/index.ts';
import { type PresetName, presets } from '../../../adapters/ldap/presets.ts';
import { type DirectorySurvey, surveyDirectory } from '../../../adapters/ldap/survey.ts';
import { UserError } from '../../contract/index.ts';
import { Misuse } from '../command-line.ts';
import type { GivenSystem } from './given.ts';
import { type Choose, type Looked, parsedSettings, sampledColumns, services } from './system.ts';

/** The directory must be read to say what it has, so its settings want a base before anybody knows one. */
const NOT_YET_KNOWN = 'dc=not-yet-known';

/** @throws {SourceError} as a source would; {@link UserError} where there are no people */
export async function lookAtDirectory(given: GivenSystem, choose: Choose, signal: AbortSignal): Promise<Looked> {
  const settings = { preset: 'openldap', ...given.settings };
  const reach = parsedSettings(ldap.settings, given, { ...settings, baseDn: NOT_YET_KNOWN });
  const first = await surveyDirectory(reach, services, given.base, signal);
  const base = given.base ?? (await chosenBase(first.bases, choose));
  const found = base === first.base ? first : await surveyDirectory(reach, services, base, signal);
  if (found.people === 0) {
    const classes = found.classes.slice(0, 10).join(', ');
    const there = classes === '' ? 'this account sees no entries there' : `there are entries of ${classes}`;
    const advice = given.passwordKey === undefined ? '; perhaps it takes an account: --bind=DN' : '';
    throw new UserError(`no people were found below ${base}: ${there}; say with --base=DN where they are${advice}`);
  }
  const preset = found.preset;
  const written = { ...given.settings, baseDn: base, preset };
  const own = customerIdFrom(preset, found);
  const overrides = own === undefined ? {} : { attributes: { customer_id: own } };
  const looked = await sampledColumns(given, { ...written, ...overrides }, signal);
  const columns = looked.columns
    .filter(({ values }) => values.length > 0)
    .map((column) => {
      const mapped = column.name === 'customer_id' ? own : undefined;
      return { ...column, calledThere: mapped ?? attributeOf(preset, column.name) };
    });
  const kind = preset === 'active-directory' ? 'an Active Directory' : 'a directory like OpenLDAP';
  const notes = [
    `It is ${kind}; ${found.people} people were found, of the classes ${found.classes.slice(0, 5).join(', ')}.`,
    ...(own === undefined ? [] : [`Not everybody has a login (uid), so ${own} is the customer_id.`]),
  ];
  return { given, settings: { ...written, ...overrides }, ...looked, columns, notes };
}

async function chosenBase(bases: readonly string[], choose: Choose): Promise<string> {
  const [first] = bases;
  if (first === undefined)
    throw new Misuse('--base=DN must say where the people are; the server does not name its parts');
  if (choose === undefined || bases.length === 1) return first;
  return await choose('Which part of the directory has the people?', bases, first);
}

/** Where not nearly everybody has the login that the preset takes, what more of them have, and is different for each. */
export function customerIdFrom(
  preset: PresetName,
  { attributes, people }: Pick<DirectorySurvey, 'attributes' | 'people'>,
): string | undefined {
  const count = (name: string | undefined) => attributes.get(name?.toLowerCase() ?? '') ?? 0;
  const login = count(attributeOf(preset, 'customer_id'));
  if (login >= people * NEARLY_ALL) return undefined;
  return ['employeeNumber', 'mail', 'cn'].find((name) => count(name) > login);
}

/** Some accounts of programs are no people, and have less. */
const NEARLY_ALL = 0.9;

/** The attribute that a field shows first, in this kind of directory. */
function attributeOf(preset: PresetName, field: string): string | undefined {
  return presets[preset].fields[field]?.show[0];
}
