/**
 * A list of the account: records by their ID that may be changed, added and removed at any time. Those of a generated account
 * are made when they are asked for, so that 200,000 of them cost two lists of numbers.
 */

/** A record as the vendor gives it. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: number };

/** Records with the IDs 1 to `count` that are made on demand. */
export interface Made {
  readonly count: number;
  /** When it was changed last, in milliseconds since 1970: the `updated_at` of its row, without making it. */
  readonly updatedAt: (id: number) => number;
  readonly row: (id: number) => Row;
}

/** Times of the platform have whole seconds. @param at milliseconds since 1970 */
export function timeText(at: number): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString();
}

/** See above. */
export class Records {
  readonly #made: Made;
  /** What is not as it was made; undefined: removed. */
  readonly #changed = new Map<number, Row | undefined>();
  #byId: readonly number[] | undefined;
  #byUpdate: readonly number[] | undefined;

  constructor(rows: Iterable<Row> = [], made: Made = { count: 0, updatedAt: () => 0, row: (id) => ({ id }) }) {
    this.#made = made;
    for (const row of rows) this.#changed.set(row.id, row);
  }

  get size(): number {
    return this.ids().length;
  }

  get(id: number): Row | undefined {
    if (this.#changed.has(id)) return this.#changed.get(id);
    return Number.isInteger(id) && id >= 1 && id <= this.#made.count ? this.#made.row(id) : undefined;
  }

  /** Milliseconds since 1970; NaN where the record has no such time. */
  updatedAt(id: number): number {
    if (!this.#changed.has(id)) return this.#made.updatedAt(id);
    return Date.parse(String(this.#changed.get(id)?.['updated_at']));
  }

  /** Of all records, the smallest first. */
  ids(): readonly number[] {
    this.#byId ??= [...this.#unchanged(), ...this.#others()].sort((one, other) => one - other);
    return this.#byId;
  }

  /** Of all records, those first whose change is the longest ago; at the same time the smaller ID. Without a time: last, as in PostgreSQL. */
  idsByUpdate(): readonly number[] {
    const timeOf = (id: number) => this.updatedAt(id) || Number.POSITIVE_INFINITY;
    this.#byUpdate ??= this.ids().toSorted((one, other) => timeOf(one) - timeOf(other) || one - other);
    return this.#byUpdate;
  }

  /** All of them; for small lists. */
  rows(): readonly Row[] {
    return this.ids().flatMap((id) => this.get(id) ?? []);
  }

  /** With the next ID unless it brings one. */
  add(parts: Readonly<Record<string, unknown>>): Row {
    const { id = (this.ids().at(-1) ?? 0) + 1 } = parts;
    const row = { ...parts, id: Number(id) };
    this.#put(row.id, row);
    return row;
  }

  /** As at the vendor it is updated now by that, unless the parts tell a time. */
  change(id: number, parts: Readonly<Record<string, unknown>>): Row {
    const old = this.get(id);
    if (old === undefined) throw new Error(`there is no record ${id} to change`);
    const row = { ...old, updated_at: timeText(Date.now()), ...parts, id };
    this.#put(id, row);
    return row;
  }

  remove(id: number): void {
    this.#put(id, undefined);
  }

  #put(id: number, row: Row | undefined): void {
    this.#changed.set(id, row);
    this.#byId = undefined;
    this.#byUpdate = undefined;
  }

  *#unchanged(): Iterable<number> {
    for (let id = 1; id <= this.#made.count; id += 1) if (!this.#changed.has(id)) yield id;
  }

  *#others(): Iterable<number> {
    for (const [id, row] of this.#changed) if (row !== undefined) yield id;
  }
}
