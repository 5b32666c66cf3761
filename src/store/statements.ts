/** The statements that change the ledger, and those that are asked within a change. */
import { alertSql } from './alert-sql.ts';
import type { Dialect } from './dialect.ts';
import { eventSql, FORGOTTEN_AT_ONCE } from './event-sql.ts';
import { COLUMNS } from './rows.ts';
import type { StatementSession } from './session.ts';

// The same rows three times: nobody changes them in between.
const old = ({ skipLocked }: Dialect) => `SELECT seq FROM pushes WHERE state NOT IN ('waiting', 'sending')
  AND changed_at < ?1 ORDER BY changed_at, seq LIMIT ${FORGOTTEN_AT_ONCE}${skipLocked('pushes')}`;

/** Of the attempts of one push, so many are kept: with many repetitions there are thousands. */
const FIRST_ATTEMPTS = 5;
const LAST_ATTEMPTS = 20;
export const MOST_ATTEMPTS_KEPT = FIRST_ATTEMPTS + LAST_ATTEMPTS;

// Only the attempt that has ended (`attempts` is its fencing token): the push may have been taken over since, and be sent again.
const MINE = `WHERE id = ?1 AND state = 'sending' AND attempts = ?2`;
// That it arrived is so, also when others have taken the push over and not begun the next attempt yet.
const MINE_LAST = `WHERE id = ?1 AND state IN ('sending', 'waiting') AND attempts = ?2`;

/** Clocks of two processes that are read one after the other may differ by so much. */
const SAME_TIME_MS = 1_000;

/** What may be on its way has had its time. */
const SETTLED = 'CASE WHEN changed_at + ?4 > ?2 THEN changed_at + ?4 ELSE ?2 END';

const WAITING = `SELECT seq, id, request FROM pushes JOIN bodies ON push = seq WHERE target = ?1 AND state = 'waiting'`;

const BACK = `UPDATE pushes SET created_at = created_at - (changed_at - ?1), next_at = next_at - (changed_at - ?1),
    give_up_at = give_up_at - (changed_at - ?1), unsure_at = unsure_at - (changed_at - ?1), changed_at = ?1`;

/** By name, in the words of a database. */
export const ledgerSql = (dialect: Dialect) => ({
  row: `SELECT ${COLUMNS} FROM pushes WHERE id = ?`,
  // An identical push that came before counts when it came within the window; or when nobody knows yet, or ever,
  // whether it arrived: staff who click again must not do it twice. For a push that staff waited for the window begins
  // when they were answered. One that is further in the future than the window is of a clock that was wrong.
  // Who asks for it once more (?4 = 1) has looked: what is unclear holds nothing up for longer than the window.
  equal: `SELECT ${COLUMNS} FROM pushes
    WHERE fingerprint = ?1 AND state NOT IN ('failed', 'dropped')
      AND ((state = 'unclear' AND ?4 = 0 AND superseded_by IS NULL) OR (mode = 'direct' AND state IN ('waiting', 'sending'))
        OR ((CASE mode WHEN 'direct' THEN changed_at ELSE created_at END) > ?2 AND created_at <= ?3))
    ORDER BY seq DESC LIMIT 1`,
  underWay: `SELECT ${COLUMNS} FROM pushes WHERE fingerprint = ? AND state IN ('waiting', 'sending')
    ORDER BY seq DESC LIMIT 1`,
  insert: `INSERT INTO pushes (id, target, mode, state, x_request, title, fingerprint, created_at, changed_at, next_at,
      give_up_at, attempts, owed, owner, staff, reference, alert, origin)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)`,
  // It came to another gateway, too, while the ledger was away.
  sameAs: `UPDATE pushes SET state = 'dropped', superseded_by = ?2, changed_at = ?3 WHERE id = ?1`,
  insertBody: 'INSERT INTO bodies (push, request) SELECT seq, ?2 FROM pushes WHERE id = ?1',
  deleteBody: 'DELETE FROM bodies WHERE push = (SELECT seq FROM pushes WHERE id = ?)',
  dueUnsure: `${WAITING} AND next_at <= ?2 AND unsure = 1 ORDER BY seq LIMIT 1${dialect.skipLocked('pushes')}`,
  dueSure: `${WAITING} AND next_at <= ?2 AND unsure = 0 ORDER BY next_at, seq LIMIT 1${dialect.skipLocked('pushes')}`,
  dueByHand: `${WAITING} AND next_at <= ?2 AND insisted = 1 ORDER BY next_at, seq LIMIT 1${dialect.skipLocked('pushes')}`,
  // What a gateway was sending that was killed counts until it is taken over: it may be under way still.
  targetState: `SELECT (SELECT memory FROM targets WHERE name = ?1) AS memory,
    (SELECT count(*) FROM pushes WHERE target = ?1 AND state = 'sending') AS sending`,
  target: 'SELECT memory FROM targets WHERE name = ?1',
  rememberTarget: 'INSERT INTO targets (name, memory) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET memory = ?2',
  forgetTarget: 'DELETE FROM targets WHERE name = ?1',
  take: `UPDATE pushes SET state = 'sending', owner = ?2, attempts = attempts + 1, changed_at = ?3,
      unsure_at = CASE unsure WHEN 1 THEN coalesce(unsure_at, changed_at) END WHERE seq = ?1`,
  began: `INSERT INTO attempts (push, number, at) SELECT seq, attempts, ?2 FROM pushes WHERE id = ?1
    ON CONFLICT (push, number) DO UPDATE SET at = ?2, ms = NULL, result = NULL, reason = NULL`,
  // Why it failed at first, and how it goes on: what lies between says the same.
  forgetAttempts: `DELETE FROM attempts WHERE push = (SELECT seq FROM pushes WHERE id = ?1)
    AND number > ${FIRST_ATTEMPTS} AND number <= (SELECT attempts FROM pushes WHERE id = ?1) - ${LAST_ATTEMPTS}`,
  endAttempt: `UPDATE attempts SET ms = coalesce(CAST(?2 AS BIGINT), CASE WHEN ?3 > at THEN ?3 - at ELSE 0 END), result = ?4, reason = ?5
    WHERE push = (SELECT seq FROM pushes WHERE id = ?1) AND number = (SELECT attempts FROM pushes WHERE id = ?1)`,
  // Staff have pushed the same request to the same target again, and it got there: the older ones are settled by that.
  supersede: `UPDATE pushes SET superseded_by = ?1 WHERE target = ?2 AND x_request = ?3 AND x_request <> '' AND seq < ?4
      AND state IN ('failed', 'unclear') AND superseded_by IS NULL`,
  findSuperseding: `UPDATE pushes SET superseded_by = (
      SELECT later.id FROM pushes AS later WHERE later.target = pushes.target AND later.x_request = pushes.x_request
        AND later.x_request <> '' AND later.seq > pushes.seq AND later.state = 'done' ORDER BY later.seq LIMIT 1)
    WHERE id = ?1`,
  done: `UPDATE pushes SET state = 'done', owner = NULL, changed_at = ?3, unsure = 0, insisted = 0, trouble = NULL,
      trouble_kind = NULL, receipt_id = ?4, receipt = ?5 ${MINE_LAST}`,
  waiting: `UPDATE pushes SET state = 'waiting', owner = NULL, changed_at = ?3, next_at = ?4, trouble = ?5,
      trouble_kind = ?6, unsure = ?7, rejections = rejections + ?8, insisted = insisted * ?9, owed = 1,
      unsure_at = CASE WHEN ?7 = 1 THEN coalesce(CAST(?10 AS BIGINT), ?3) END ${MINE}`,
  ended: `UPDATE pushes SET state = ?4, owner = NULL, changed_at = ?3, trouble = ?5, trouble_kind = ?6, insisted = 0,
      unsure = CASE ?4 WHEN 'unclear' THEN 1 ELSE 0 END ${MINE}`,
  promise: 'UPDATE pushes SET owed = 1 WHERE id = ?',
  hurry: `UPDATE pushes SET next_at = ?2 WHERE target = ?1 AND state = 'waiting' AND next_at > ?2 AND unsure = 0
      AND trouble_kind IN ('unreachable', 'timeout', 'rate-limited', 'busy', 'unauthorized', 'bad-response', 'configuration', 'gone')
      AND id NOT IN (${dialect.elements('?3')})`,
  // What may be on its way still has its time to arrive.
  hurryUnsure: `UPDATE pushes SET next_at = ${SETTLED}
    WHERE target = ?1 AND state = 'waiting' AND unsure = 1 AND next_at > ${SETTLED}
      AND coalesce(trouble_kind, '') NOT IN ('rejected', 'not-found') AND id NOT IN (${dialect.elements('?3')})`,
  explain: `UPDATE pushes SET trouble = ?2, trouble_kind = ?3
    WHERE target = ?1 AND state = 'waiting' AND trouble_kind IS DISTINCT FROM ?3`,
  orphan: `SELECT ${COLUMNS} FROM pushes WHERE state = 'sending' AND owner = ? LIMIT 1${dialect.skipLocked('pushes')}`,
  lost: `SELECT ${COLUMNS} FROM pushes WHERE id = ?1 AND state = 'sending' AND owner = ?2${dialect.skipLocked('pushes')}`,
  // What a person said was of the attempts before this one.
  free: `UPDATE pushes SET state = 'waiting', owner = NULL, unsure = 1, unsure_at = changed_at, insisted = 0, owed = 1,
      next_at = ?2, changed_at = ?3,
      trouble = ?4, trouble_kind = 'interrupted' WHERE id = ?1`,
  deleteInstance: 'DELETE FROM instances WHERE id = ?',
  // What it was sending is with others; that it was there is told for a while, and it may come back.
  silenced: 'UPDATE instances SET taken_over = 1 WHERE id = ?',
  forgetInstances: 'DELETE FROM instances WHERE taken_over = 1 AND seen_at < ?',
  seen: 'SELECT seen_at FROM instances WHERE id = ?',
  sign: `INSERT INTO instances (id, seen_at, name, pid, version, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (id) DO UPDATE SET seen_at = ?2, taken_over = 0`,
  leave: 'UPDATE instances SET seen_at = 0 WHERE id = ?',
  keepDetails: 'UPDATE pushes SET details = ?2, details_at = ?3 WHERE id = ?1',
  // An attempt whose outcome is unclear stays so until the next: what can be looked for is looked for first.
  retry: `UPDATE pushes SET state = 'waiting', next_at = ?2, changed_at = ?2, give_up_at = ?3, rejections = 0, owed = 1,
      insisted = 1, superseded_by = NULL, told = 0, unsure = CASE state WHEN 'unclear' THEN 1 ELSE unsure END
    WHERE id = ?1 AND state IN ('waiting', 'failed', 'unclear') AND seq IN (SELECT push FROM bodies)`,
  drop: `UPDATE pushes SET state = 'dropped', changed_at = ?2
    WHERE id = ?1 AND state IN ('waiting', 'failed', 'unclear')`,
  // Nobody sends what has no push target any more. Whoever was told its id finds it as given up for as long as others.
  abandoned: `SELECT id FROM pushes WHERE state = 'waiting' AND give_up_at < ?1 AND next_at < ?1
    LIMIT 1${dialect.skipLocked('pushes')}`,
  abandon: `UPDATE pushes SET state = CASE WHEN unsure > insisted THEN 'unclear' ELSE 'failed' END, changed_at = ?2, trouble = ?3,
      trouble_kind = 'configuration', insisted = 0 WHERE id = ?1`,
  forgetBodies: `DELETE FROM bodies WHERE push IN (${old(dialect)})`,
  forgetAllAttempts: `DELETE FROM attempts WHERE push IN (${old(dialect)})`,
  forget: `DELETE FROM pushes WHERE seq IN (${old(dialect)})`,
  deletePush: 'DELETE FROM pushes WHERE id = ?',
  // What was changed in the future was written by a clock that was set back since: all its times move with it.
  futureOpen: `${BACK} WHERE state IN ('waiting', 'sending', 'failed', 'unclear') AND changed_at > CAST(?1 AS BIGINT) + ${SAME_TIME_MS}`,
  futureEnded: `${BACK} WHERE state NOT IN ('waiting', 'sending') AND changed_at > CAST(?1 AS BIGINT) + ${SAME_TIME_MS}`,
  futureInstances: 'UPDATE instances SET seen_at = ?1 WHERE seen_at > ?1',
  // The clock was set forward by ?2: what waits has the same wait before it as it had. What was changed since then was
  // written by the clock as it is now, or has been put right by another process.
  skipped: `UPDATE pushes SET next_at = next_at + ?2, give_up_at = give_up_at + ?2, unsure_at = unsure_at + ?2,
      changed_at = ?1
    WHERE state IN ('waiting', 'sending') AND changed_at <= CAST(?1 AS BIGINT) - CAST(?2 AS BIGINT)`,
  ...alertSql(dialect),
  ...eventSql(dialect),
});

/** The name of a statement. */
export type LedgerStatement = keyof ReturnType<typeof ledgerSql>;

/** A transaction on the ledger. */
export type LedgerSession = StatementSession<LedgerStatement>;
