/** Every secret of a configuration, for masking. */
import { LIMITS } from './defaults.ts';
import { holdsSecret, passwordsInAddress } from './secrets.ts';
import { isPlainMap, type Located, type Path, type Plain, type YamlPlace } from './tree.ts';

// An address, a port or a level from the environment is no secret, and is printed at the start.
const OPEN_SECTIONS: ReadonlySet<PropertyKey> = new Set([
  'server',
  'log',
  'commandLine',
  'store',
  'helpspot',
  'phones',
]);
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

/** Sections whose keys are names of fields and elements. */
const NO_SECRETS: ReadonlySet<unknown> = new Set(['lookups', 'ajax', 'push']);

function secretsOf(text: string, place: YamlPlace | undefined, path: Path): readonly string[] {
  const found = [...(place?.values ?? []), ...passwordsInAddress(text)];
  // There such a key is the name of an element or a field, not of a secret.
  const key = path.findLast((part) => typeof part === 'string');
  const isNamed = NO_SECRETS.has(path[0]);
  const isLiteral = !isNamed && path.length > 2 && key !== undefined && holdsSecret(String(key));
  return isLiteral ? [...found, text] : found;
}

function isOpen(path: Path): boolean {
  const [section, , key] = path;
  if (section === undefined) return false;
  return OPEN_SECTIONS.has(section) || (section === 'sources' && key !== undefined && OPEN_SOURCE_KEYS.has(key));
}
