/** One entry as a directory gave it. */

/** Attribute (as it is spelled by the server) and its values. */
export type RawAttribute = readonly [attribute: string, values: readonly Buffer[]];

/** An entry whose attributes are found whatever their case. */
export class Entry {
  readonly dn: string;
  readonly #values = new Map<string, readonly Buffer[]>();

  constructor(dn: string, attributes: Iterable<RawAttribute>) {
    this.dn = dn;
    for (const [attribute, values] of attributes) {
      const name = attribute.toLowerCase();
      if (values.length > 0) this.#values.set(name, values);
      // Active Directory gives the first 1,500 values of a group as `member;range=0-1499`, and a plain `member` without
      // any; a language comes as `cn;lang-de`.
      const [plain = name] = name.split(';', 1);
      if (values.length > 0 && !this.#values.has(plain)) this.#values.set(plain, values);
    }
  }

  /** The values of an attribute; none when the entry lacks it. `dn` is the entry's own name. */
  values(attribute: string): readonly Buffer[] {
    const name = attribute.toLowerCase();
    return name === 'dn' ? [Buffer.from(this.dn)] : (this.#values.get(name) ?? []);
  }

  /** The first value as text. */
  text(attribute: string): string | undefined {
    return this.values(attribute)[0]?.toString();
  }
}
