/** Tables of the database with the types that T-SQL gave them, which SQLite does not keep. */
import type { SqlType } from './types.ts';

/** A column of a table. */
export interface TableColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Numbers itself. */
  readonly identity?: boolean;
  /** Its DEFAULT in SQLite's SQL. */
  readonly preset?: string;
}

/** A table or view. */
export interface Table {
  readonly name: string;
  readonly kind: 'BASE TABLE' | 'VIEW';
  readonly columns: readonly TableColumn[];
  /** The columns of the primary key. */
  readonly key?: readonly string[];
}

/** Names are compared without case, as the usual collation does. */
export class Catalog {
  readonly #tables = new Map<string, Table>();

  get tables(): readonly Table[] {
    return [...this.#tables.values()];
  }

  get(name: string): Table | undefined {
    return this.#tables.get(name.toLowerCase());
  }

  set(table: Table): void {
    this.#tables.set(table.name.toLowerCase(), table);
  }

  delete(name: string): void {
    this.#tables.delete(name.toLowerCase());
  }

  typeOf(table: string, column: string): SqlType | undefined {
    const lower = column.toLowerCase();
    return this.get(table)?.columns.find((one) => one.name.toLowerCase() === lower)?.type;
  }
}
