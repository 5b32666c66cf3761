/** Records of the entries of one answer, with the names of the entries that they point to. */
import type { SourceRecord } from '../../src/contract/index.ts';
import { textOfBytes } from './attributes.ts';
import type { Connection } from './connection.ts';
import { dnKey, nameOfDn } from './dn.ts';
import type { Entry } from './entry.ts';
import type { Names } from './names.ts';
import type { Field } from './presets.ts';
import { recordOf, valueFrom } from './records.ts';

/** Makes records of these fields. */
export class RecordMaker {
  readonly fields: ReadonlyMap<string, Field>;
  readonly #resolved: readonly (readonly [name: string, field: Field])[];
  readonly #find: Names['find'];

  /**
   * @param resolve fields with DNs that are shown as the names of these entries
   * @param find how their names are found
   */
  constructor(fields: ReadonlyMap<string, Field>, resolve: readonly string[], find: Names['find']) {
    this.fields = fields;
    this.#resolved = [...fields].filter(([name]) => resolve.includes(name));
    this.#find = find;
  }

  /** One record for each entry, in their order. */
  async records(
    connection: Connection,
    entries: readonly Entry[],
    now: Date,
    signal: AbortSignal,
  ): Promise<readonly SourceRecord[]> {
    const records = entries.map((entry) => recordOf(this.fields, entry, now));
    if (this.#resolved.length === 0) return records;
    const dns = entries.flatMap((entry) => this.#resolved.flatMap(([, field]) => dnsOf(field, entry)));
    const names = await this.#find(connection, dns, signal);
    return entries.map((entry, index) => {
      const named = this.#resolved.map(([name, field]) => {
        const found = dnsOf(field, entry).map((dn) => names.get(dnKey(dn)) ?? nameOfDn(dn));
        return [name, found.length === 0 ? undefined : valueFrom(found, field.first)] as const;
      });
      return { ...records[index], ...Object.fromEntries(named.filter(([, value]) => value !== undefined)) };
    });
  }
}

function dnsOf(field: Field, entry: Entry): readonly string[] {
  const values = field.show.map((attribute) => entry.values(attribute)).find((list) => list.length > 0) ?? [];
  return values.map((bytes) => textOfBytes(bytes)?.trim() ?? '').filter((dn) => dn !== '');
}
