/** A file of the audit that stays open to be written: its statements are made once, and what is in it is remembered while nobody else writes. */
import type { AuditDatabase } from './schema.ts';

type Bound = readonly (number | string)[];
type Statement = ReturnType<AuditDatabase['prepare']>;

/** Persons and names are few; names that no configuration has come from outside. */
const MOST_REMEMBERED = 10_000;
/** So many rows in one statement, as they fit: each call of SQLite costs as much as some values do. */
const ROWS = [200, 20, 1] as const;

/** For one thread. Nothing of it is used any more after a transaction that failed. */
export class AuditConnection {
  readonly database: AuditDatabase;
  readonly #statements = new Map<string, Statement>();
  readonly #ids = new Map<string, number>();
  #version: number | undefined;

  constructor(database: AuditDatabase) {
    this.database = database;
  }

  /** Asked within a transaction: whether another connection has written since. Then nothing of before is remembered. */
  hasChanged(): boolean {
    // https://www.sqlite.org/pragma.html#pragma_data_version
    const version = this.number('PRAGMA data_version');
    if (version === this.#version) return false;
    this.#version = version;
    this.forget();
    return true;
  }

  /** Persons or names were removed. */
  forget(): void {
    this.#ids.clear();
  }

  run(sql: string, ...bound: Bound): void {
    this.#statement(sql).run([...bound]);
  }

  all(sql: string, ...bound: Bound): readonly unknown[] {
    return this.#statement(sql).all([...bound]);
  }

  /** The one number that is asked for; 0: there is none. */
  number(sql: string, ...bound: Bound): number {
    const [row] = this.all(sql, ...bound);
    return Number(Object.values(Object(row))[0] ?? 0);
  }

  /** The number of a pair of texts in a table of them; a new one gets one. */
  idOf(table: 'persons' | 'names', columns: string, first: string, second: string): number {
    const key = `${table} ${first.length} ${first}${second}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const asked = `SELECT id FROM ${table} WHERE (${columns}) = (?, ?)`;
    let id = this.number(asked, first, second);
    if (id === 0) {
      this.run(`INSERT INTO ${table} (${columns}) VALUES (?, ?)`, first, second);
      id = this.number(asked, first, second);
    }
    if (this.#ids.size >= MOST_REMEMBERED) this.forget();
    this.#ids.set(key, id);
    return id;
  }

  /**
   * @param row what stands for one row, of which the first value has this number: `(?1, ?2)`
   * @param columns how many values a row has
   * @param values of all rows, one row after the other
   */
  insert(into: string, row: (first: number) => string, columns: number, values: Bound): void {
    let from = 0;
    for (const rows of ROWS) {
      const size = rows * columns;
      if (values.length - from < size) continue;
      const all = Array.from({ length: rows }, (_, index) => row(1 + index * columns));
      const statement = this.#statement(`${into} VALUES ${all.join(', ')}`);
      for (; values.length - from >= size; from += size) statement.run(values.slice(from, from + size));
    }
  }

  #statement(sql: string): Statement {
    const there = this.#statements.get(sql);
    if (there !== undefined) return there;
    const made = this.database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}
