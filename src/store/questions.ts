/** The statements that only ask. */
import { alertSql, OUTAGES } from './alert-sql.ts';
import type { Dialect } from './dialect.ts';
import { NEXT_RECORD, OPEN_RECORDS } from './event-sql.ts';
import { COLUMNS } from './rows.ts';

const SELECTED = `FROM pushes AS mine WHERE (?1 = '' OR target = ?1) AND ?2 LIKE '%,' || state || ',%'
  AND created_at >= ?3 AND seq > ?4 AND seq <= ?5
  AND (?6 = '' OR reference = ?6)`;
// What came later may have been removed since; that it was there is known all the same.
const LATER = `coalesce((SELECT later.id FROM pushes AS later
  WHERE later.target = mine.target AND later.x_request = mine.x_request AND later.x_request <> '' AND later.seq > mine.seq
    AND (later.state IN ('done', 'waiting', 'sending') OR (later.seq <= ?5 AND ?2 LIKE '%,' || later.state || ',%'))
  ORDER BY later.seq DESC LIMIT 1), superseded_by)`;

/** By name, in the words of a database. */
export const questionSql = (dialect: Dialect) => ({
  // A process is listed for what it was sending even if it never said that it lives.
  others: `SELECT id, max(seen_at) AS seen_at FROM (SELECT id, seen_at FROM instances WHERE taken_over = 0 UNION ALL
     SELECT DISTINCT owner, 0 FROM pushes WHERE state = 'sending' AND owner IS NOT NULL) AS known
     WHERE id <> ?1 GROUP BY id`,
  sending: `SELECT id FROM pushes WHERE state = 'sending' AND owner = ?1 AND changed_at < ?2`,
  gateways: `SELECT name, pid, version, since, seen_at,
       (SELECT count(*) FROM pushes WHERE state = 'sending' AND owner = instances.id) AS sending
     FROM instances WHERE seen_at > ?1 ORDER BY name, since, id LIMIT 1000`,
  spooled: `SELECT ${COLUMNS}, fingerprint, request FROM pushes JOIN bodies ON push = seq
     WHERE state = 'waiting' AND attempts = 0 ORDER BY seq LIMIT ?1`,
  nextDue: `SELECT min(next_at) AS due FROM pushes WHERE target = ?1 AND state = 'waiting'`,
  row: `SELECT ${COLUMNS} FROM pushes WHERE id = ?1`,
  received: `SELECT ${COLUMNS} FROM pushes WHERE target = ?1 AND receipt_id = ?2 ORDER BY seq DESC LIMIT 1`,
  list: `SELECT ${COLUMNS} FROM pushes WHERE (?1 = '' OR target = ?1) AND ?2 LIKE '%,' || state || ',%'
       AND created_at >= ?4 AND seq < ?5
       AND (?6 = '' OR reference = ?6) ORDER BY seq DESC LIMIT ?3`,
  count: `SELECT count(*) AS count, count(later) AS with_later, max(seq) AS last
     FROM (SELECT seq, ${LATER} AS later ${SELECTED}) AS chosen`,
  select: `SELECT ${COLUMNS}, ${LATER} AS later ${SELECTED} ORDER BY seq LIMIT ?7`,
  pushedSince: `SELECT ${COLUMNS} FROM pushes WHERE target = ?1 AND x_request = ?2 AND x_request <> '' AND seq > ?3
       AND state IN ('done', 'waiting', 'sending') ORDER BY seq DESC LIMIT 1`,
  attempts: `SELECT number, at, ms, result, reason FROM attempts
     WHERE push = (SELECT seq FROM pushes WHERE id = ?1) ORDER BY number`,
  holds: 'SELECT 1 AS held FROM bodies WHERE push = (SELECT seq FROM pushes WHERE id = ?1)',
  request: 'SELECT request FROM bodies JOIN pushes ON push = seq WHERE id = ?1',
  figures: `SELECT target, count(*) FILTER (WHERE state = 'waiting') AS waiting,
       count(*) FILTER (WHERE state = 'sending') AS sending,
       count(*) FILTER (WHERE state = 'failed' AND superseded_by IS NULL) AS failed,
       count(*) FILTER (WHERE state = 'unclear' AND superseded_by IS NULL) AS unclear,
       min(CASE WHEN state IN ('waiting', 'sending') THEN created_at END) AS oldest
     FROM pushes WHERE state IN ('waiting', 'sending', 'failed', 'unclear') GROUP BY target ORDER BY target`,
  details: 'SELECT details, details_at FROM pushes WHERE id = ?1 AND details IS NOT NULL',
  alertDue: alertSql(dialect).alertDue,
  outages: OUTAGES,
  nextRecord: NEXT_RECORD,
  openRecords: OPEN_RECORDS,
});

/** The name of a question. */
export type LedgerQuestion = keyof ReturnType<typeof questionSql>;
