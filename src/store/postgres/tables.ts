/** The tables of a ledger on PostgreSQL, and how an older schema becomes a newer one. */

/** A step from one version of the schema to the next. */
export interface SchemaStep {
  readonly sql: string;
  /** The oldest version of a gateway's tables that can be used beside it: columns that were added disturb nobody. */
  readonly oldest: number;
}

/**
 * Each entry brings the schema from the version that is its index to the next. What was released is never changed. The
 * tables are those of SQLite (`../schema.ts`), and a change there is one here.
 */
export const SCHEMA_STEPS: readonly SchemaStep[] = [
  {
    oldest: 1,
    sql: `
  CREATE TABLE pushes (
    seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            text NOT NULL UNIQUE,
    target        text NOT NULL,
    mode          text NOT NULL CHECK (mode IN ('direct', 'queued')),
    state         text NOT NULL CHECK (state IN ('waiting', 'sending', 'done', 'failed', 'unclear', 'dropped')),
    x_request     text NOT NULL,
    title         text NOT NULL,
    fingerprint   text NOT NULL,
    created_at    bigint NOT NULL,
    changed_at    bigint NOT NULL,
    next_at       bigint NOT NULL,
    give_up_at    bigint NOT NULL,
    attempts      integer NOT NULL DEFAULT 0,
    rejections    integer NOT NULL DEFAULT 0,
    owed          integer NOT NULL,
    unsure        integer NOT NULL DEFAULT 0,
    unsure_at     bigint,
    insisted      integer NOT NULL DEFAULT 0,
    owner         text,
    trouble       text,
    trouble_kind  text,
    receipt_id    text,
    receipt       text,
    details       text,
    details_at    bigint,
    staff         text NOT NULL DEFAULT '',
    reference     text NOT NULL DEFAULT '',
    superseded_by text,
    alert         integer NOT NULL DEFAULT 0,
    told          integer NOT NULL DEFAULT 0,
    origin        text NOT NULL DEFAULT ''
  );
  CREATE INDEX pushes_due ON pushes (target, next_at, seq) WHERE state = 'waiting';
  CREATE INDEX pushes_unsure ON pushes (target, seq) WHERE state = 'waiting' AND unsure = 1;
  CREATE INDEX pushes_equal ON pushes (fingerprint, seq);
  CREATE INDEX pushes_received ON pushes (target, receipt_id) WHERE receipt_id IS NOT NULL;
  CREATE INDEX pushes_sending ON pushes (owner) WHERE state = 'sending';
  CREATE INDEX pushes_open ON pushes (target, state, superseded_by, created_at)
    WHERE state IN ('waiting', 'sending', 'failed', 'unclear');
  CREATE INDEX pushes_ended ON pushes (changed_at) WHERE state NOT IN ('waiting', 'sending');
  CREATE INDEX pushes_request ON pushes (target, x_request, seq) WHERE x_request <> '';
  CREATE INDEX pushes_untold ON pushes (changed_at) WHERE told = 0 AND alert = 0 AND state IN ('failed', 'unclear');
  CREATE INDEX pushes_alerts ON pushes (target) WHERE alert = 1 AND state IN ('waiting', 'sending');
  CREATE TABLE bodies (push bigint PRIMARY KEY, request text NOT NULL);
  CREATE TABLE instances (id text PRIMARY KEY, seen_at bigint NOT NULL);
  CREATE TABLE attempts (
    push   bigint NOT NULL,
    number integer NOT NULL,
    at     bigint NOT NULL,
    ms     bigint,
    result text,
    reason text,
    PRIMARY KEY (push, number)
  );
  CREATE TABLE alerts (last_at bigint);
  CREATE TABLE outages (
    target  text PRIMARY KEY,
    since   bigint NOT NULL,
    reason  text NOT NULL,
    told    integer NOT NULL DEFAULT 0,
    back_at bigint
  );
  CREATE TABLE events (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream      text NOT NULL,
    id          text NOT NULL,
    key         text,
    type        text NOT NULL,
    at          bigint NOT NULL,
    received_at bigint NOT NULL,
    fields      text,
    UNIQUE (stream, id)
  );
  CREATE INDEX events_gathered ON events (stream, key, at, seq) WHERE key IS NOT NULL;
  CREATE INDEX events_received ON events (received_at);
  CREATE TABLE event_records (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream     text NOT NULL,
    key        text NOT NULL,
    ended      integer NOT NULL,
    closed     integer NOT NULL DEFAULT 0,
    count      bigint NOT NULL,
    size       bigint NOT NULL,
    changed_at bigint NOT NULL,
    due_at     bigint NOT NULL,
    UNIQUE (stream, key)
  );
  CREATE INDEX event_records_due ON event_records (stream, due_at) WHERE closed = 0;
  CREATE INDEX event_records_closed ON event_records (changed_at) WHERE closed = 1;`,
  },
  // What gateways know together of push targets that fail.
  { oldest: 1, sql: 'CREATE TABLE targets (name text PRIMARY KEY, memory text NOT NULL);' },
  {
    oldest: 1,
    sql: `
  ALTER TABLE instances ADD COLUMN name text NOT NULL DEFAULT '', ADD COLUMN pid integer NOT NULL DEFAULT 0,
    ADD COLUMN version text NOT NULL DEFAULT '', ADD COLUMN since bigint NOT NULL DEFAULT 0,
    ADD COLUMN taken_over integer NOT NULL DEFAULT 0;`,
  },
  // The audit, with the tables of its file (`../audit-file/schema.ts`) and, for each entry, the key by which it is there once.
  {
    oldest: 1,
    sql: `
  CREATE TABLE audit_persons (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   text NOT NULL,
    person_name text NOT NULL,
    UNIQUE (person_id, person_name)
  );
  CREATE TABLE audit_names (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    UNIQUE (kind, name)
  );
  CREATE TABLE audit_entries (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key     text NOT NULL UNIQUE,
    at      bigint NOT NULL,
    named   bigint NOT NULL,
    person  bigint NOT NULL,
    request text NOT NULL,
    entry   text NOT NULL
  );
  CREATE INDEX audit_at ON audit_entries (at, id);
  CREATE INDEX audit_named ON audit_entries (named, at);
  CREATE INDEX audit_person ON audit_entries (person, at);
  CREATE INDEX audit_request ON audit_entries (request, at) WHERE request <> '';
  CREATE TABLE audit_customers (customer text NOT NULL, entry bigint NOT NULL, PRIMARY KEY (customer, entry));
  CREATE INDEX audit_customers_entry ON audit_customers (entry);
  CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'entries of the audit are not changed, and go only when they are older than a day'; END $$;
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_stays();
  CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit_entries EXECUTE FUNCTION audit_stays();
  CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit_entries FOR EACH ROW
    WHEN (old.at > extract(epoch FROM clock_timestamp()) * 1000 - 86400000) EXECUTE FUNCTION audit_stays();`,
  },
  {
    // The index of what sources list, which one gateway follows for all: `index-tables.ts`.
    oldest: 1,
    sql: `
  CREATE TABLE index_sources (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL,
    plan        text NOT NULL,
    generation  text NOT NULL,
    filled      integer NOT NULL DEFAULT 0,
    version     bigint NOT NULL DEFAULT 0,
    kept_from   bigint NOT NULL DEFAULT 0,
    state       text,
    run         text,
    run_version bigint NOT NULL DEFAULT 0,
    owner       text NOT NULL DEFAULT '',
    follower    text NOT NULL DEFAULT '',
    epoch       bigint NOT NULL DEFAULT 0,
    owned_until bigint NOT NULL DEFAULT 0,
    UNIQUE (name, plan)
  );
  CREATE TABLE index_records (
    source  bigint NOT NULL,
    key     text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    data    text,
    gone_at bigint,
    PRIMARY KEY (source, key)
  );
  CREATE INDEX index_records_version ON index_records (source, version, key);
  CREATE INDEX index_records_gone ON index_records (source, gone_at) WHERE gone_at IS NOT NULL;
  CREATE TABLE index_seen (
    source bigint NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    keys   text[] NOT NULL,
    PRIMARY KEY (source, number)
  );
  CREATE TABLE index_garbage (source bigint PRIMARY KEY);`,
  },
];
