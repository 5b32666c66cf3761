/** Names of the elements of `<customer>`, and how other names become such names. */

/** The elements that HelpSpot knows by itself, and the parameters that it sends, in the manual's order (chapter 1.2). */
export const STANDARD_ELEMENTS: readonly string[] = ['customer_id', 'first_name', 'last_name', 'email', 'phone'];

/** The element in which staff read what they must know about an answer that is otherwise good. */
export const NOTICE_ELEMENT = 'lookup_notice';

const CUSTOM_FIELD = /^custom(\d{1,9})$/i;
/** Would be read as the document's structure: HelpSpot reads an answer as a flat list of elements. */
const STRUCTURE = /^(?:livelookup|customer)$/;
/** Reserved by XML 1.0, section 2.3. */
const RESERVED = /^xml/i;
/** A table heading or a label longer than this helps nobody. */
const MAX_LENGTH = 100;

/**
 * Letters that both the fourth and the fifth edition of XML 1.0 allow in a name: expat follows the fourth (appendix B),
 * libxml2 the fifth. Latin, Greek, Cyrillic, Hebrew, Arabic, kana, Chinese, Hangul.
 */
const LETTERS =
  'A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u0180-\u01c3\u01cd-\u01f0' +
  '\u01fa-\u0217\u0250-\u02a8\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0401-\u040c\u040e-\u044f' +
  '\u0451-\u045c\u045e-\u0481\u05d0-\u05ea\u0621-\u063a\u0641-\u064a\u1e00-\u1e9b\u1ea0-\u1ef9\u3041-\u3094' +
  '\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3';
const NOT_FIRST = new RegExp(`^[^${LETTERS}_]`);
/** U+30FC lengthens a vowel in katakana; it cannot come first. */
const NOT_IN_NAME = new RegExp(`[^${LETTERS}\u30fc0-9_.-]`, 'gu');

/**
 * Whether HelpSpot's Insert button copies this element into a request field.
 * The name is as written: `Custom5` is, `custom5` is not.
 */
export function isInsertable(name: string): boolean {
  return STANDARD_ELEMENTS.includes(name) || /^Custom\d+$/.test(name);
}

/**
 * The element name for a wanted name: itself where it is one, else the nearest. `custom5` → `Custom5`, `2nd address` →
 * `_2nd_address`, `a:b` → `a_b`, `xmlId` → `_xmlId`, `customer` → `customer_`. Always the same for the same name;
 * different names can give the same (see {@link elementNames}).
 */
export function elementName(wanted: string): string {
  const trimmed = wanted.trim().normalize('NFC').slice(0, MAX_LENGTH);
  const custom = CUSTOM_FIELD.exec(trimmed);
  if (custom) return `Custom${custom[1]}`;
  if (STRUCTURE.test(trimmed)) return `${trimmed}_`;
  const name = trimmed.replace(NOT_IN_NAME, '_');
  if (name === '') return 'unnamed';
  return NOT_FIRST.test(name) || RESERVED.test(name) ? `_${name}`.slice(0, MAX_LENGTH) : name;
}

/**
 * Element names for all the wanted names of one answer, such that two different fields never share an element: the name
 * that needs no mending has it, the others get `_2`, `_3` … in order of appearance. Spellings of one name (spaces
 * around it, `custom5` for `Custom5`) are not different fields.
 *
 * @param reserved names that no field may have
 */
export function elementNames(wanted: Iterable<string>, reserved: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(reserved);
  const mended: string[] = [];
  for (const each of new Set(wanted)) {
    const name = elementName(each);
    if (sameField(each, name) && !reserved.includes(name)) {
      names.set(each, name);
      taken.add(name);
    } else {
      mended.push(each);
    }
  }
  const suffixes = new Map<string, number>();
  const written = new Map<string, string>();
  for (const each of mended) {
    const field = each.trim();
    const name = written.get(field) ?? free(elementName(each), taken, suffixes);
    names.set(each, name);
    written.set(field, name);
    taken.add(name);
  }
  return names;
}

function sameField(wanted: string, name: string): boolean {
  return wanted.trim() === name || CUSTOM_FIELD.test(wanted.trim());
}

/** `suffixes` remembers the last suffix of each name, so that many collisions stay cheap. */
function free(name: string, taken: ReadonlySet<string>, suffixes: Map<string, number>): string {
  if (!taken.has(name)) return name;
  let suffix = suffixes.get(name) ?? 2;
  while (taken.has(`${name}_${suffix}`)) suffix += 1;
  suffixes.set(name, suffix + 1);
  return `${name}_${suffix}`;
}
