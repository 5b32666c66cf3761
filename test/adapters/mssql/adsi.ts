/** Reads what the adapter writes to Active Directory, as the servers on the way read it, and answers like a directory. */

/** One token of SQL, without its quotes. */
export interface Token {
  readonly kind: 'word' | 'sign' | 'string' | 'name';
  readonly text: string;
}

/**
 * Reads SQL as a server does, character by character, knowing nothing of how it was written: words, signs,
 * 'strings' with doubled quotes, [names] with doubled brackets. Throws on a string that does not end.
 */
export function tokens(sql: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  const delimited = (close: string): string => {
    let text = '';
    for (at += 1; at < sql.length; at += 1) {
      if (sql[at] !== close) text += sql[at];
      else if (sql[at + 1] === close) {
        text += close;
        at += 1;
      } else {
        at += 1;
        return text;
      }
    }
    throw new Error(`not closed: ${text}`);
  };
  while (at < sql.length) {
    const character = sql[at] ?? '';
    if (character === ' ') at += 1;
    else if (character === "'") found.push({ kind: 'string', text: delimited("'") });
    else if (character === '[') found.push({ kind: 'name', text: delimited(']') });
    else if (/[A-Za-z0-9]/.test(character)) {
      const word = /^[A-Za-z0-9-]+/.exec(sql.slice(at))?.[0] ?? '';
      found.push({ kind: 'word', text: word });
      at += word.length;
    } else {
      found.push({ kind: 'sign', text: character });
      at += 1;
    }
  }
  return found;
}

/** An LDAP filter's value as a server reads it: pieces between wildcards, escapes resolved to octets, then UTF-8. */
export function ldapPieces(pattern: string): string[] {
  const pieces: number[][] = [[]];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    if (character === '*') pieces.push([]);
    else if (character === '\\') {
      const hex = pattern.slice(at + 1, at + 3);
      if (!/^[0-9a-f]{2}$/.test(hex)) throw new Error(`no escape: \\${hex}`);
      pieces.at(-1)?.push(Number.parseInt(hex, 16));
      at += 2;
    } else if ('()&|=<>~!/'.includes(character) || character > '~' || character < ' ') {
      throw new Error(`means something in a filter: ${character}`);
    } else pieces.at(-1)?.push(character.charCodeAt(0));
  }
  return pieces.map((octets) => Buffer.from(octets).toString('utf8'));
}

/** An entry of the directory: attribute → value. */
export type Person = Readonly<Record<string, string>>;

/** What a directory answers to a text in ADSI's SQL dialect. Throws on a text that it would not understand. */
export function searchAdsi(text: string, people: readonly Person[]): Record<string, string | null>[] {
  const all = tokens(text);
  const from = all.findIndex((token) => token.kind === 'word' && token.text === 'FROM');
  const where = all.findIndex((token) => token.kind === 'word' && token.text === 'WHERE');
  if (all[0]?.text !== 'SELECT' || from < 0 || where !== from + 2 || all[from + 1]?.kind !== 'string') {
    throw new Error(`no search: ${text}`);
  }
  const attributes = all.slice(1, from).flatMap(({ kind, text: name }) => (kind === 'word' ? [name] : []));
  const groups = conditions(all.slice(where + 1));
  const met = people.filter((person) => groups.every((group) => group.some((one) => matches(person, one))));
  return met.map((person) => Object.fromEntries(attributes.map((name) => [name, person[name] ?? null])));
}

interface Comparison {
  readonly attribute: string;
  readonly pieces: readonly string[];
}

/** ANDed groups of ORed comparisons. */
function conditions(all: readonly Token[]): Comparison[][] {
  const groups: Comparison[][] = [[]];
  for (let at = 0; at < all.length; at += 1) {
    const { kind, text } = all[at] ?? { kind: 'sign', text: '' };
    if (kind === 'sign' && (text === '(' || text === ')')) continue;
    if (kind === 'word' && text === 'AND') groups.push([]);
    else if (kind === 'word' && text === 'OR') continue;
    else {
      const value = all[at + 2];
      if (kind !== 'word' || all[at + 1]?.text !== '=' || value?.kind !== 'string')
        throw new Error(`no comparison: ${text}`);
      groups.at(-1)?.push({ attribute: text, pieces: ldapPieces(value.text) });
      at += 2;
    }
  }
  return groups;
}

/** Without regard to case, and with the wildcards between the pieces. */
function matches(person: Person, { attribute, pieces }: Comparison): boolean {
  if (attribute === 'objectCategory' || attribute === 'objectClass') return true;
  const value = person[attribute]?.toLowerCase();
  if (value === undefined) return false;
  const wanted = pieces.map((piece) => piece.toLowerCase());
  const [first = '', ...others] = wanted;
  const last = others.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  let at = first.length;
  for (const piece of others) {
    const next = value.indexOf(piece, at);
    if (next < 0) return false;
    at = next + piece.length;
  }
  return at <= value.length - last.length;
}
