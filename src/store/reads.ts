/** What is asked of the ledger. */
import type { AlertOrder } from '../gateway/push/alert-order.ts';
import type { AlertLedger, Ledger, PushSelection, PushState } from '../gateway/push/ledger.ts';
import { PUSH_STATES } from '../gateway/push/ledger.ts';
import { ALERT_SQL, OUTAGES } from './alert-sql.ts';
import { dueFrom, dueParameters, outageRow } from './alerts.ts';
import type { Bindable, ReadingConnection } from './connections.ts';
import { NEXT_RECORD, OPEN_RECORDS } from './event-sql.ts';
import { attemptRow, COLUMNS, detailsFromText, number, pushRow, requestFromText, text } from './rows.ts';
import { isRow } from './schema.ts';
import { inUse } from './trouble.ts';

/** The prepared questions. All are short: they run in our own thread. */
export type LedgerReads = Pick<Ledger, 'nextDue' | 'row' | 'find' | 'list' | 'request' | 'figures' | 'keptDetails'> &
  Pick<Ledger, 'count' | 'select' | 'pushedSince' | 'attempts' | 'holds'> & {
    others(instance: string): readonly { readonly id: string; readonly seenAt: number }[];
    alertDue(order: AlertOrder, at: number): number | undefined;
    outages: AlertLedger['outages'];
    nextRecord: Ledger['events']['nextDue'];
    openRecords: Ledger['events']['open'];
  };

const SELECTED = `FROM pushes AS mine WHERE (?1 = '' OR target = ?1) AND instr(?2, ',' || state || ',') > 0
  AND created_at >= ?3 AND seq > ?4 AND seq <= ?5`;
// What came later may have been removed since; that it was there is known all the same.
const LATER = `coalesce((SELECT later.id FROM pushes AS later
  WHERE later.target = mine.target AND later.x_request = mine.x_request AND later.x_request <> '' AND later.seq > mine.seq
    AND (later.state IN ('done', 'waiting', 'sending') OR (later.seq <= ?5 AND instr(?2, ',' || later.state || ',') > 0))
  ORDER BY later.seq DESC LIMIT 1), superseded_by)`;

/** Prepares what stands in {@link SELECTED} first. */
function selected({ target = '', states, since = 0 }: PushSelection): Bindable[] {
  return [target, listed(states), since];
}

function listed(states: readonly PushState[]): string {
  return `,${states.join(',')},`;
}

/**
 * Prepares the questions on a connection.
 * @param file what they throw names it: a {@link UserError} where the file or the disk fails
 */
export function ledgerReads(connection: ReadingConnection, file: string): LedgerReads {
  // What SQLite says of a damaged file or a failing disk becomes words for an administrator.
  const prepare = (sql: string) => {
    const statement = connection.prepare(sql);
    return {
      get: (...values: Bindable[]) => inUse(file, () => statement.get(...values)),
      all: (...values: Bindable[]) => inUse(file, () => statement.all(...values)),
    };
  };
  // A process is listed for what it was sending even if it never said that it lives.
  const others = prepare(
    `SELECT id, max(seen_at) AS seen_at FROM (SELECT id, seen_at FROM instances UNION ALL
     SELECT DISTINCT owner, 0 FROM pushes WHERE state = 'sending' AND owner IS NOT NULL) WHERE id <> ? GROUP BY id`,
  );
  const nextDue = prepare(`SELECT min(next_at) AS due FROM pushes WHERE target = ? AND state = 'waiting'`);
  const row = prepare(`SELECT ${COLUMNS} FROM pushes WHERE id = ?`);
  const received = prepare(
    `SELECT ${COLUMNS} FROM pushes WHERE target = ? AND receipt_id = ? ORDER BY seq DESC LIMIT 1`,
  );
  const list = prepare(
    `SELECT ${COLUMNS} FROM pushes WHERE (?1 = '' OR target = ?1) AND instr(?2, ',' || state || ',') > 0
       AND created_at >= ?4 AND seq < ?5 ORDER BY seq DESC LIMIT ?3`,
  );
  const count = prepare(
    `SELECT count(*) AS count, count(later) AS with_later, max(seq) AS last FROM (SELECT seq, ${LATER} AS later ${SELECTED})`,
  );
  const select = prepare(`SELECT ${COLUMNS}, ${LATER} AS later ${SELECTED} ORDER BY seq LIMIT ?6`);
  const pushedSince = prepare(
    `SELECT ${COLUMNS} FROM pushes WHERE target = ?1 AND x_request = ?2 AND x_request <> '' AND seq > ?3
       AND state IN ('done', 'waiting', 'sending') ORDER BY seq DESC LIMIT 1`,
  );
  const attempts = prepare(
    `SELECT number, at, ms, result, reason FROM attempts
     WHERE push = (SELECT seq FROM pushes WHERE id = ?) ORDER BY number`,
  );
  const holds = prepare('SELECT 1 AS held FROM bodies WHERE push = (SELECT seq FROM pushes WHERE id = ?)');
  const request = prepare('SELECT request FROM bodies JOIN pushes ON push = seq WHERE id = ?');
  const figures = prepare(
    `SELECT target, sum(state = 'waiting') AS waiting, sum(state = 'sending') AS sending,
       sum(state = 'failed' AND superseded_by IS NULL) AS failed,
       sum(state = 'unclear' AND superseded_by IS NULL) AS unclear,
       min(CASE WHEN state IN ('waiting', 'sending') THEN created_at END) AS oldest
     FROM pushes WHERE state IN ('waiting', 'sending', 'failed', 'unclear') GROUP BY target`,
  );
  const details = prepare('SELECT details, details_at FROM pushes WHERE id = ? AND details IS NOT NULL');
  const alertDue = prepare(ALERT_SQL.alertDue);
  const outages = prepare(OUTAGES);
  const nextRecord = prepare(NEXT_RECORD);
  const openRecords = prepare(OPEN_RECORDS);
  const one = (found: unknown) => (isRow(found) ? pushRow(found) : undefined);
  return {
    others: (instance) =>
      others
        .all(instance)
        .filter(isRow)
        .map((found) => ({ id: text(found, 'id'), seenAt: number(found, 'seen_at') })),
    nextDue(target) {
      const found = nextDue.get(target);
      return isRow(found) && typeof found['due'] === 'number' ? found['due'] : undefined;
    },
    row: (id) => one(row.get(id)),
    find(target, id) {
      const own = one(row.get(id));
      return own?.target === target ? own : one(received.get(target, id));
    },
    list: ({ target = '', states = PUSH_STATES, since = 0, before = Number.MAX_SAFE_INTEGER, limit }) =>
      list.all(target, listed(states), limit, since, before).filter(isRow).map(pushRow),
    count(selection) {
      const found = count.get(...selected(selection), 0, Number.MAX_SAFE_INTEGER);
      const counted = isRow(found) ? found : {};
      return {
        ...{ count: number(counted, 'count'), withLater: number(counted, 'with_later') },
        last: number(counted, 'last'),
      };
    },
    select: (selection, { after, upTo, limit }) =>
      select
        .all(...selected(selection), after, upTo, limit)
        .filter(isRow)
        .map((found) => ({ row: pushRow(found), later: text(found, 'later') || undefined })),
    pushedSince: ({ target, xRequest, seq }) => one(pushedSince.get(target, xRequest, seq)),
    attempts: (id) => attempts.all(id).filter(isRow).map(attemptRow),
    holds: (id) => holds.get(id) !== undefined,
    request(id) {
      const found = request.get(id);
      return isRow(found) ? requestFromText(text(found, 'request')) : undefined;
    },
    figures: () =>
      figures
        .all()
        .filter(isRow)
        .map((found) => ({
          target: text(found, 'target'),
          waiting: number(found, 'waiting'),
          sending: number(found, 'sending'),
          failed: number(found, 'failed'),
          unclear: number(found, 'unclear'),
          oldestAt: typeof found['oldest'] === 'number' ? found['oldest'] : undefined,
        })),
    alertDue(order, at) {
      const found = alertDue.get(...dueParameters(order));
      return isRow(found) ? dueFrom(found, order, at) : undefined;
    },
    outages: () => outages.all().filter(isRow).map(outageRow),
    nextRecord(stream) {
      const found = nextRecord.get(stream);
      return isRow(found) && typeof found['due'] === 'number' ? found['due'] : undefined;
    },
    openRecords: () =>
      new Map(
        openRecords
          .all()
          .filter(isRow)
          .map((found) => [text(found, 'stream'), number(found, 'count')]),
      ),
    keptDetails(id) {
      const found = details.get(id);
      return isRow(found)
        ? { details: detailsFromText(text(found, 'details')), at: number(found, 'details_at') }
        : undefined;
    },
  };
}
