/** What is secret, every secret of a configuration, and masking it in text. */
import { LIMITS } from './defaults.ts';
import { isPlainMap, type Located, type Path, type Plain, pathText, type YamlPlace } from './tree.ts';

const MASK = '***';

// The value under such a key is never quoted in a message; a false alarm costs nothing.
const SECRET_KEY = /passw|passphrase|pwd|secret|token|key|credential|authorization/i;

/** Whether the value under a key must not be quoted. */
export function looksSecret(key: string): boolean {
  return SECRET_KEY.test(key);
}

// Narrower, because such values are masked everywhere: `keyColumn: customer_id` must not hide every customer_id.
const HOLDS_SECRET =
  /(?:^|[_-])(?:password|passwd|passphrase|pwd|secret|token|bearer|credentials?|authorization|(?:api|access|private)[_-]?key)$/i;

/** Whether a text that stands literally under a key is itself a secret: `bindPassword`, `api_key`, `token`. */
export function holdsSecret(key: string): boolean {
  return HOLDS_SECRET.test(key.replace(/([a-z0-9])([A-Z])/g, '$1_$2'));
}

/** The password in an address (`mysql://user:PASSWORD@host/`), as written and decoded. */
export function passwordsInAddress(text: string): readonly string[] {
  const written = /^[a-z][a-z0-9+.-]*:\/\/[^/?#:@]*:([^/?#]*)@/i.exec(text)?.[1];
  if (written === undefined || written === '') return [];
  return [written, decoded(written)];
}

/** A value as it may be quoted: without what could be the password of an address, however badly that is written. */
export function withoutPassword(text: string): string {
  return text.replace(/\S+/g, (word) => {
    const [colon, at] = [word.indexOf(':'), word.lastIndexOf('@')];
    return colon === -1 || at < colon ? word : `${word.slice(0, colon)}:${MASK}${word.slice(at)}`;
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A password with a bare percent sign; drivers take it as it is.
    return text;
  }
}

// An address, a port or a level from the environment is no secret, and is printed at the start.
const OPEN_SECTIONS: ReadonlySet<PropertyKey> = new Set(['server', 'log', 'commandLine', 'helpspot', 'phones']);
const OPEN_SOURCE_KEYS: ReadonlySet<PropertyKey> = new Set(['adapter', 'title', 'timeout', 'kinds', 'dates']);

/**
 * The values that came from `${…}`, the texts under keys such as `password`, and
 * the passwords in addresses. Not what stands in `server`, `log` and
 * `commandLine`, and nothing shorter than can be masked.
 */
export function collectSecrets(root: Located): readonly string[] {
  const secrets = new Set<string>();
  visit(root.value, root.place, [], secrets);
  return [...secrets].filter((secret) => secret.length >= LIMITS.maskedCharacters);
}

function visit(value: Plain, place: YamlPlace | undefined, path: Path, secrets: Set<string>): void {
  if (isOpen(path)) return;
  if (typeof value === 'string') {
    for (const secret of secretsOf(value, place, path)) secrets.add(secret);
  } else if (Array.isArray(value)) {
    value.forEach((item: Plain, index) => {
      visit(item, place?.parts?.get(String(index)), [...path, index], secrets);
    });
  } else if (isPlainMap(value)) {
    for (const [key, entry] of Object.entries(value)) visit(entry, place?.parts?.get(key), [...path, key], secrets);
  }
}

/** Where a secret stands in the file itself, as messages name a place: whoever reads the file knows it. */
export function clearSecrets({ value, place }: Located, path: Path = []): readonly string[] {
  if (isOpen(path)) return [];
  if (typeof value === 'string') {
    // What is too short to be masked is a filler: `password: X` beside an API key as the user.
    const isText = place?.references === undefined && value.length >= LIMITS.maskedCharacters;
    return isText && isSecretKey(path) ? [pathText(path)] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const part = place?.parts?.get(key) ?? { offset: 0 };
    return clearSecrets({ value: entry, place: part }, [...path, Array.isArray(value) ? Number(key) : key]);
  });
}

function isSecretKey(path: Path): boolean {
  const key = path.findLast((part) => typeof part === 'string');
  // In these sections such a key is the name of an element or a field.
  return !NO_SECRETS.has(path[0]) && path.length > 2 && key !== undefined && holdsSecret(String(key));
}

/** Sections whose keys are names of fields and elements. */
const NO_SECRETS: ReadonlySet<unknown> = new Set(['lookups', 'ajax', 'push']);

/** Paths of files: `${HOME}/customers.csv` must be readable in a message. */
export const PATH_KEYS: ReadonlySet<string> = new Set(['file', 'path', 'folder', 'directory', 'ca', 'cert', 'socket']);

function secretsOf(text: string, place: YamlPlace | undefined, path: Path): readonly string[] {
  const key = path.findLast((part) => typeof part === 'string');
  const fromOutside = key !== undefined && PATH_KEYS.has(String(key)) ? [] : (place?.values ?? []);
  const found = [...fromOutside, ...passwordsInAddress(text)];
  return isSecretKey(path) ? [...found, text] : found;
}

/**
 * The texts under settings that an adapter marks as secret.
 * @param isMarked whether the setting at a path below the source is
 */
export function markedTexts(
  value: Plain | undefined,
  isMarked: (path: Path) => boolean,
  path: Path = [],
): readonly string[] {
  if (path.length > 0 && isMarked(path)) return textsIn(value);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    markedTexts(entry, isMarked, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function textsIn(value: Plain | undefined): readonly string[] {
  if (typeof value === 'string') return value.length >= LIMITS.maskedCharacters ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function isOpen(path: Path): boolean {
  const [section, second, key] = path;
  if (section === undefined) return false;
  // Paths and durations, but for the address of a database.
  if (section === 'store') return second !== undefined && second !== 'url';
  return OPEN_SECTIONS.has(section) || (section === 'sources' && key !== undefined && OPEN_SOURCE_KEYS.has(key));
}
