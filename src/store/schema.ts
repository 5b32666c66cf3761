/** The tables of the ledger, and how an older file becomes a newer one. */
import { UserError } from '../contract/index.ts';
import type { DatabaseRow, ReadingConnection, WritingConnection } from './connections.ts';

/** "HSgw": tells our files from others' (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x48536777;

/**
 * Each entry brings a file from the version that is its index to the next. What
 * was released is never changed: a new version is a new entry.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE pushes (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    target       TEXT NOT NULL,
    mode         TEXT NOT NULL CHECK (mode IN ('direct', 'queued')),
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'done', 'failed', 'unclear', 'dropped')),
    x_request    TEXT NOT NULL,
    title        TEXT NOT NULL,
    fingerprint  TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    next_at      INTEGER NOT NULL,
    give_up_at   INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    rejections   INTEGER NOT NULL DEFAULT 0,
    owed         INTEGER NOT NULL,
    unsure       INTEGER NOT NULL DEFAULT 0,
    insisted     INTEGER NOT NULL DEFAULT 0,
    owner        TEXT,
    trouble      TEXT,
    trouble_kind TEXT,
    receipt_id   TEXT,
    receipt      TEXT,
    details      TEXT,
    details_at   INTEGER
  ) STRICT;
  CREATE INDEX pushes_due ON pushes (target, state, next_at);
  CREATE INDEX pushes_equal ON pushes (fingerprint, seq);
  CREATE INDEX pushes_received ON pushes (target, receipt_id) WHERE receipt_id IS NOT NULL;
  CREATE INDEX pushes_sending ON pushes (owner) WHERE state = 'sending';
  CREATE INDEX pushes_open ON pushes (target, state, created_at)
    WHERE state IN ('waiting', 'sending', 'failed', 'unclear');
  CREATE INDEX pushes_ended ON pushes (changed_at) WHERE state NOT IN ('waiting', 'sending');
  CREATE TABLE bodies (
    push    INTEGER PRIMARY KEY REFERENCES pushes (seq),
    request TEXT NOT NULL
  ) STRICT;
  CREATE TABLE instances (
    id      TEXT PRIMARY KEY,
    seen_at INTEGER NOT NULL
  ) STRICT;
  `,
  // An older gateway that still runs knows none of the new columns: each has a default.
  `
  ALTER TABLE pushes ADD COLUMN staff TEXT NOT NULL DEFAULT '';
  ALTER TABLE pushes ADD COLUMN reference TEXT NOT NULL DEFAULT '';
  ALTER TABLE pushes ADD COLUMN superseded_by TEXT;
  CREATE INDEX pushes_request ON pushes (target, x_request, seq) WHERE x_request <> '';
  DROP INDEX pushes_open;
  CREATE INDEX pushes_open ON pushes (target, state, superseded_by, created_at)
    WHERE state IN ('waiting', 'sending', 'failed', 'unclear');
  CREATE TABLE attempts (
    push   INTEGER NOT NULL REFERENCES pushes (seq),
    number INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    ms     INTEGER,
    result TEXT,
    reason TEXT,
    PRIMARY KEY (push, number)
  ) STRICT, WITHOUT ROWID;
  UPDATE pushes SET superseded_by = (
      SELECT later.id FROM pushes AS later
      WHERE later.target = pushes.target AND later.x_request = pushes.x_request AND later.x_request <> ''
        AND later.seq > pushes.seq AND later.state = 'done' ORDER BY later.seq LIMIT 1
    ) WHERE state IN ('failed', 'unclear') AND x_request <> '';
  `,
  // What may have arrived goes out first, however much waits beside it.
  `CREATE INDEX pushes_unsure ON pushes (target, seq) WHERE state = 'waiting' AND unsure = 1;`,
  // NULL beside `unsure`: an older gateway that still runs made the attempt; then the time of the last change is it.
  'ALTER TABLE pushes ADD COLUMN unsure_at INTEGER;',
  // Alerts: which pushes are alerts themselves, and what somebody has been told of. The one row of `alerts` is there
  // as soon as somebody wants alerts.
  `
  ALTER TABLE pushes ADD COLUMN alert INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE pushes ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX pushes_untold ON pushes (changed_at) WHERE told = 0 AND alert = 0 AND state IN ('failed', 'unclear');
  CREATE INDEX pushes_alerts ON pushes (target) WHERE alert = 1 AND state IN ('waiting', 'sending');
  CREATE TABLE alerts (last_at INTEGER) STRICT;
  CREATE TABLE outages (
    target  TEXT PRIMARY KEY,
    since   INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    told    INTEGER NOT NULL DEFAULT 0,
    back_at INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  // Events of other systems. What an event says (`fields`) is kept until its record has gone out; that it was there, so
  // that it counts once, for as long as pushes are.
  `
  ALTER TABLE pushes ADD COLUMN origin TEXT NOT NULL DEFAULT '';
  CREATE TABLE events (
    seq         INTEGER PRIMARY KEY,
    stream      TEXT NOT NULL,
    id          TEXT NOT NULL,
    key         TEXT,
    type        TEXT NOT NULL,
    at          INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    fields      TEXT,
    UNIQUE (stream, id)
  ) STRICT;
  CREATE INDEX events_gathered ON events (stream, key, at, seq) WHERE key IS NOT NULL;
  CREATE INDEX events_received ON events (received_at);
  CREATE TABLE event_records (
    seq        INTEGER PRIMARY KEY,
    stream     TEXT NOT NULL,
    key        TEXT NOT NULL,
    ended      INTEGER NOT NULL,
    closed     INTEGER NOT NULL DEFAULT 0,
    count      INTEGER NOT NULL,
    size       INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    UNIQUE (stream, key)
  ) STRICT;
  CREATE INDEX event_records_due ON event_records (stream, due_at) WHERE closed = 0;
  CREATE INDEX event_records_closed ON event_records (changed_at) WHERE closed = 1;
  `,
  // Which gateway it is, for people. One of an older version does not say it.
  ["name TEXT NOT NULL DEFAULT ''", 'pid INTEGER NOT NULL DEFAULT 0', "version TEXT NOT NULL DEFAULT ''"]
    .concat(['since INTEGER NOT NULL DEFAULT 0', 'taken_over INTEGER NOT NULL DEFAULT 0'])
    .map((column) => `ALTER TABLE instances ADD COLUMN ${column};`)
    .join(' '),
];

/** What a file of this version says of itself. */
export const LEDGER_MARK = { application: APPLICATION_ID, version: MIGRATIONS.length } as const;

/** An older file was brought to this version. */
export interface Migration {
  readonly from: number;
  readonly to: number;
}

/**
 * Makes the tables, or brings them to this version. Writes nothing, and waits
 * for nobody who writes, where they are of this version.
 * @returns what was done with an older file; undefined where there was none, or nothing to do
 * @throws {UserError} for a file of another program, or of a newer gateway
 */
export async function prepareSchema(connection: WritingConnection, file: string): Promise<Migration | undefined> {
  if (versionIn(await markOf(connection), file) === MIGRATIONS.length) return undefined;
  await connection.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have done it meanwhile.
    const version = versionIn(await markOf(connection), file);
    for (const migration of MIGRATIONS.slice(version)) await connection.exec(migration);
    await connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`);
    await connection.exec('COMMIT');
    return version === 0 || version === MIGRATIONS.length ? undefined : { from: version, to: MIGRATIONS.length };
  } catch (error) {
    await connection.exec('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/**
 * Whether the tables must be brought to this version before they can be read.
 * @throws {UserError} for a file of another program, or of a newer gateway
 */
export function isOlder(connection: ReadingConnection, file: string): boolean {
  return versionIn(connection.prepare(MARK).get(), file) < MIGRATIONS.length;
}

/** What tells whose file it is. */
const MARK = `SELECT (SELECT user_version FROM pragma_user_version) AS version,
  (SELECT application_id FROM pragma_application_id) AS application, (SELECT count(*) FROM sqlite_master) AS tables`;

async function markOf(connection: WritingConnection): Promise<unknown> {
  return (await connection.prepare(MARK)).get();
}

function versionIn(mark: unknown, file: string): number {
  const row = isRow(mark) ? mark : {};
  const version = Number(row['version'] ?? 0);
  if (row['application'] !== APPLICATION_ID && row['tables'] !== 0) {
    throw new UserError(
      `the store ${file} is a database of another program; name a file of the gateway's own in store.file`,
    );
  }
  if (version > MIGRATIONS.length) {
    throw new UserError(
      `the store ${file} was written by a newer gateway (its version ${version}, this one knows ${MIGRATIONS.length}); ` +
        'install that gateway again, restore a backup that an older one has made, or name another file in store.file',
    );
  }
  return version;
}

/** Whether a statement gave a row. */
export function isRow(value: unknown): value is DatabaseRow {
  return typeof value === 'object' && value !== null;
}
