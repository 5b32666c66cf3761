/** What a SQLite file says of itself: which program it belongs to, and how new its tables are. */

/** The mark in the header of a file; 0 where nobody has set one. */
export interface ApplicationMark {
  readonly application: number;
  readonly version: number;
  /** How many tables, indexes and triggers there are. */
  readonly tables: number;
}

/** @throws what SQLite says where it cannot be read */
export function applicationMark(database: { prepare(sql: string): { get(): unknown } }): ApplicationMark {
  const row: unknown = database
    .prepare(
      `SELECT (SELECT application_id FROM pragma_application_id) AS application,
      (SELECT user_version FROM pragma_user_version) AS version, (SELECT count(*) FROM sqlite_master) AS tables`,
    )
    .get();
  const number = (name: string) => Number(Reflect.get(Object(row), name));
  return { application: number('application'), version: number('version'), tables: number('tables') };
}
