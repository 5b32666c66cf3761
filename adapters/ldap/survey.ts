/** What there is in a directory that nobody knows yet: its parts, its kind, what its people have. For whoever sets a source up. */
import type { Services } from '../../src/contract/index.ts';
import type { Answer, Connection } from './connection.ts';
import { connectorTo } from './directory.ts';
import { searchFailure } from './failures.ts';
import { type FilterNode, present } from './filter.ts';
import { encodable } from './filter-encoding.ts';
import { parseFilter } from './filter-text.ts';
import { type PresetName, presets } from './presets.ts';
import type { Settings } from './settings.ts';

/** What a survey found. */
export interface DirectorySurvey {
  readonly preset: PresetName;
  /** The parts of the directory that the server has (RFC 4512, 5.1), that with the people first where it says so. */
  readonly bases: readonly string[];
  /** The part that was looked at; undefined where the server names none. */
  readonly base: string | undefined;
  /** So many people were looked at. */
  readonly people: number;
  /** Attributes, in small letters, and how many of these people have a value in each. */
  readonly attributes: ReadonlyMap<string, number>;
  /** Object classes of entries there, the most frequent first: where there are no people they say what there is. */
  readonly classes: readonly string[];
}

/** A few people tell which attributes are in use. */
const PEOPLE = 50;
const ENTRIES = 200;
const SECONDS = 5;
/** LDAP_CAP_ACTIVE_DIRECTORY_OID ([MS-ADTS], 3.1.1.3.4.3.1) */
const ACTIVE_DIRECTORY = '1.2.840.113556.1.4.800';
// RFC 4511, appendix A: there is more than was asked for, or more than the server gives.
const CUT = [3, 4, 11];

/**
 * Asks the root of a directory, and looks at some people.
 * @param settings `baseDn` is not read
 * @param base which part is looked at; undefined: the first that the server names
 * @throws {SourceError} as a source of these settings would
 */
export async function surveyDirectory(
  settings: Settings,
  services: Services,
  base: string | undefined,
  signal: AbortSignal,
): Promise<DirectorySurvey> {
  const connection = await (await connectorTo(settings, services)).open(signal);
  const isAnonymous = settings.bindDn === undefined;
  const ask = async (words: Asked) => await answerOf(connection, words, isAnonymous, signal);
  try {
    const root = (await ask({ base: '', scope: 'base', filter: present('objectClass'), attributes: ROOT })).entries[0];
    const texts = (attribute: string) => (root?.values(attribute) ?? []).map(String);
    const isActive = texts('supportedCapabilities').includes(ACTIVE_DIRECTORY);
    const preset: PresetName = isActive ? 'active-directory' : 'openldap';
    const [main] = texts('defaultNamingContext');
    const bases = [...new Set([...(main === undefined ? [] : [main]), ...texts('namingContexts')])];
    const chosen = base ?? bases[0];
    const found = { preset, bases, base: chosen };
    if (chosen === undefined) return { ...found, people: 0, attributes: new Map(), classes: [] };
    const filter = parseFilter(presets[preset].filter);
    const people = (await ask({ base: chosen, scope: 'sub', filter, attributes: ['*'], limit: PEOPLE })).entries;
    const names = [...new Set(Object.values(presets[preset].fields).flatMap(({ show }) => show))];
    const attributes = names.map((name) => {
      const filled = people.filter((person) => person.values(name).length > 0).length;
      return [name.toLowerCase(), filled] as const;
    });
    const some = { base: chosen, scope: 'sub', filter: present('objectClass'), attributes: ['objectClass'] } as const;
    const entries = people.length > 0 ? people : (await ask({ ...some, limit: ENTRIES })).entries;
    const classes = byFrequency(entries.flatMap((entry) => entry.values('objectClass').map(String)));
    return { ...found, people: people.length, attributes: new Map(attributes), classes };
  } finally {
    connection.close();
  }
}

const ROOT = ['namingContexts', 'defaultNamingContext', 'supportedCapabilities'];

interface Asked {
  readonly base: string;
  readonly scope: 'base' | 'sub';
  readonly filter: FilterNode;
  readonly attributes: readonly string[];
  readonly limit?: number;
}

async function answerOf(
  connection: Connection,
  { limit: sizeLimit = 0, filter, ...words }: Asked,
  isAnonymous: boolean,
  signal: AbortSignal,
): Promise<Answer> {
  const asked = { ...words, filter: encodable(filter), sizeLimit, timeLimit: SECONDS };
  const answer = await connection.search(asked, signal);
  if (answer.code === 0 || CUT.includes(answer.code)) return answer;
  throw searchFailure(words.base, answer, isAnonymous);
}

function byFrequency(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one).map(([name]) => name);
}
