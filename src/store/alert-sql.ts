/** The statements about what has to be told, and was. */
import type { Dialect } from './dialect.ts';
import { COLUMNS } from './rows.ts';

/** As many push targets as anybody has. */
export const MOST_OUTAGES = 100;

// The words of the index `pushes_untold`, so that it is used.
const UNTOLD = `told = 0 AND alert = 0 AND state IN ('failed', 'unclear')`;
const WANTED = `${UNTOLD} AND superseded_by IS NULL AND ?1 LIKE '%,' || state || ',%'`;

export const alertSql = ({ elements }: Dialect) => ({
  // ?2: whether outages count; ?3: where alerts go to.
  alertDue: `SELECT (SELECT last_at FROM alerts) AS last, (SELECT count(*) FROM alerts) AS begun,
    (SELECT min(changed_at) FROM pushes WHERE ${WANTED}) AS ended,
    (SELECT min(coalesce(back_at, since)) FROM outages WHERE ?2 = 1 AND (told = 0 OR back_at IS NOT NULL)) AS turned,
    (SELECT count(DISTINCT target) FROM pushes WHERE alert = 1 AND state IN ('waiting', 'sending')
      AND target IN (${elements('?3')})) AS busy`,
  alertBegin: 'INSERT INTO alerts (last_at) VALUES (NULL)',
  alertMade: 'UPDATE alerts SET last_at = ?',
  alertCount: `SELECT count(*) FILTER (WHERE state = 'failed') AS failed, count(*) FILTER (WHERE state = 'unclear') AS unclear
    FROM pushes WHERE ${WANTED}`,
  alertNext: `SELECT ${COLUMNS} FROM pushes WHERE ${WANTED} AND (changed_at, seq) > (?2, ?3)
    ORDER BY changed_at, seq LIMIT 1`,
  alertTold: `UPDATE pushes SET told = 1 WHERE ${UNTOLD}`,
  outageNext: `SELECT target, since, reason, back_at FROM outages WHERE (told = 0 OR back_at IS NOT NULL) AND target > ?
    ORDER BY target LIMIT 1`,
  outagesOver: 'DELETE FROM outages WHERE back_at IS NOT NULL',
  outagesTold: 'UPDATE outages SET told = 1',
  outageDown: `INSERT INTO outages (target, since, reason) VALUES (?1, ?2, ?3)
    ON CONFLICT (target) DO UPDATE SET back_at = NULL, reason = excluded.reason`,
  outageForgotten: 'DELETE FROM outages WHERE target = ? AND told = 0',
  outageBack: 'UPDATE outages SET back_at = ?2 WHERE target = ?1 AND back_at IS NULL',
});

/** Every outage, for who only reads. */
export const OUTAGES = `SELECT target, since, reason, back_at FROM outages ORDER BY target LIMIT ${MOST_OUTAGES}`;
