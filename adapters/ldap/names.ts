/** The names of the entries that an answer points to (managers, groups), found with one search for all of them. */
import type { Connection } from './connection.ts';
import { dnKey, isUnder, nameOfDn, parseDn } from './dn.ts';
import type { Entry } from './entry.ts';
import { and, equal, type FilterNode, or, present } from './filter.ts';
import { encodable } from './filter-encoding.ts';
import { isAttributeName } from './filter-text.ts';

/** More than this in one answer is a list that nobody reads; the rest keeps the name in its DN. Also: so many are asked for at once. */
const MOST_NAMES = 500;
/** Many entries have the name `cn=Smith`; only those at the right place count. */
const NAMESAKES = 4;
const NAME_ATTRIBUTES = ['displayName', 'cn'];

/** Finds names by DN. Which trees the server has is asked once. */
export class Names {
  #contexts: readonly string[] | undefined;
  readonly #fallback: readonly string[];
  readonly #timeLimit: number;

  /** @param fallback the bases to look in when the server does not say which trees it has */
  constructor(fallback: readonly string[], timeLimit: number) {
    this.#fallback = fallback;
    this.#timeLimit = timeLimit;
  }

  /** The names by {@link dnKey}. What was not found has no entry. One search for each tree that the DNs lie in. */
  async find(
    connection: Connection,
    dns: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const wanted = new Map(dns.map((dn) => [dnKey(dn), dn]));
    return await this.#some(connection, [...wanted.values()].slice(0, MOST_NAMES), signal);
  }

  /** The same for any number, with a search for some hundred of them each. */
  async findAll(
    connection: Connection,
    dns: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const wanted = [...new Map(dns.map((dn) => [dnKey(dn), dn])).values()];
    const names = new Map<string, string>();
    for (let at = 0; at < wanted.length; at += MOST_NAMES) {
      const some = await this.#some(connection, wanted.slice(at, at + MOST_NAMES), signal);
      for (const [key, name] of some) names.set(key, name);
    }
    return names;
  }

  async #some(
    connection: Connection,
    some: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    if (some.length === 0) return names;
    const wanted = new Set(some.map(dnKey));
    const contexts = await this.#trees(connection, signal);
    for (const context of contexts) {
      const group = some.filter((dn) => contexts.find((one) => isUnder(dn, one)) === context);
      if (group.length === 0) continue;
      for (const entry of await this.#entries(connection, context, group, signal)) {
        const key = dnKey(entry.dn);
        if (wanted.has(key)) names.set(key, nameOf(entry));
      }
    }
    return names;
  }

  async #entries(
    connection: Connection,
    base: string,
    dns: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Entry[]> {
    const terms = dns.map(termOf).filter((term) => term !== undefined);
    if (terms.length === 0) return [];
    const filter = encodable(or(terms));
    const limits = { sizeLimit: dns.length * NAMESAKES, timeLimit: this.#timeLimit };
    const words = { base, scope: 'sub', filter, attributes: NAME_ATTRIBUTES, ...limits } as const;
    const answer = await connection.search(words, signal);
    // Whatever the code says: a name that is not found is shown as it stands in the DN.
    return answer.entries;
  }

  /** The trees of the server, the deepest first. */
  async #trees(connection: Connection, signal: AbortSignal): Promise<readonly string[]> {
    if (this.#contexts !== undefined) return this.#contexts;
    const filter = encodable(present('objectClass'));
    const limits = { sizeLimit: 1, timeLimit: this.#timeLimit };
    const words = { base: '', scope: 'base', filter, attributes: ['namingContexts'], ...limits } as const;
    const answer = await connection.search(words, signal);
    const told = answer.entries.flatMap((entry) => entry.values('namingContexts').map(String));
    const trees = (told.length === 0 ? this.#fallback : told).filter((tree) => tree !== '');
    this.#contexts = trees.toSorted((a, b) => b.length - a.length);
    return this.#contexts;
  }
}

/**
 * The condition of a DN: an entry has the parts of its own name as attributes
 * (X.501), and these have an index, which the whole DN has not in every directory.
 */
function termOf(dn: string): FilterNode | undefined {
  const parts = parseDn(dn)?.[0] ?? [];
  if (parts.length === 0 || !parts.every(({ attribute }) => isAttributeName(attribute))) return undefined;
  return and(parts.map(({ attribute, value }) => equal(attribute, value)));
}

function nameOf(entry: Entry): string {
  const names = NAME_ATTRIBUTES.map((attribute) => entry.text(attribute)?.trim() ?? '');
  return names.find((name) => name !== '') ?? nameOfDn(entry.dn);
}
