/** What the store uses of a SQLite connection. */

/** What can be bound. */
export type Bindable = string | number | null;

/** A row by the names of its columns. */
export type DatabaseRow = Readonly<Record<string, unknown>>;

/** A statement, ready to be run. */
export interface PreparedStatement {
  get(...values: Bindable[]): unknown;
  run(...values: Bindable[]): { readonly changes: number };
}

/** A connection that changes: `exec` runs off the event loop. */
export interface WritingConnection {
  prepare(sql: string): Promise<PreparedStatement>;
  exec(sql: string): Promise<unknown>;
  close(): void;
}

/** A connection that reads. */
export interface ReadingConnection {
  prepare(sql: string): PreparedStatement & { all(...values: Bindable[]): unknown[] };
  close(): unknown;
}
