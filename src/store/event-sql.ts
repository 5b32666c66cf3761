/** The statements about events of other systems and their records. */
import type { Dialect } from './dialect.ts';

/** A file that has to be emptied of many pushes or events is emptied in several goes: others want to write too. */
export const FORGOTTEN_AT_ONCE = 500;

/** Events of one record: more happen in no call, and all of them become one push. */
const MOST_EVENTS = 1_000;
/** Characters of what the events of one record say; they are read at once when it is due. */
const MOST_CHARACTERS = 1_000_000;

/** Clocks of two processes that are read one after the other may differ by so much. */
const SAME_TIME_MS = 1_000;

const FULL = `(count >= ${MOST_EVENTS} OR size >= ${MOST_CHARACTERS})`;
// What nobody has taken so long after its time is of a stream that is not in the configuration any more.
const OLD_RECORDS = `SELECT seq FROM event_records
  WHERE (closed = 1 AND changed_at < ?1) OR (closed = 0 AND due_at < ?1 AND changed_at < ?1) LIMIT ${FORGOTTEN_AT_ONCE}`;

export const eventSql = ({ skipLocked, awaitLocked }: Dialect) => ({
  eventInsert: `INSERT INTO events (stream, id, key, type, at, received_at, fields)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (stream, id) DO NOTHING`,
  recordClosed: `SELECT closed FROM event_records WHERE stream = ?1 AND key = ?2${awaitLocked}`,
  eventForget: 'UPDATE events SET fields = NULL WHERE stream = ?1 AND id = ?2',
  // ?3: it ends the record, ?4: characters, ?5: now, ?6: within, ?7: settle. Nothing puts off a record that has its end.
  recordGrows: `INSERT INTO event_records (stream, key, ended, count, size, changed_at, due_at)
    VALUES (?1, ?2, ?3, 1, ?4, ?5, ?5 + CASE WHEN ?3 = 1 THEN CAST(?7 AS BIGINT) ELSE CAST(?6 AS BIGINT) END)
    ON CONFLICT (stream, key) DO UPDATE SET
      due_at = CASE event_records.ended WHEN 1 THEN event_records.due_at ELSE excluded.due_at END,
      ended = CASE excluded.ended WHEN 1 THEN 1 ELSE event_records.ended END,
      count = event_records.count + 1, size = event_records.size + excluded.size, changed_at = excluded.changed_at`,
  recordFull: `UPDATE event_records SET due_at = ?3 WHERE stream = ?1 AND key = ?2 AND due_at > ?3 AND ${FULL}`,
  recordDue: `SELECT seq, stream, key, ended FROM event_records WHERE stream = ?1 AND closed = 0 AND due_at <= ?2
    ORDER BY due_at, seq LIMIT 1${skipLocked('event_records')}`,
  recordEvent: `SELECT seq, type, at, fields FROM events WHERE stream = ?1 AND key = ?2 AND (at, seq) > (?3, ?4)
    ORDER BY at, seq LIMIT 1`,
  recordClose: 'UPDATE event_records SET closed = 1, changed_at = ?2 WHERE seq = ?1',
  recordForget: 'UPDATE events SET fields = NULL WHERE stream = ?1 AND key = ?2',
  forgetRecords: `DELETE FROM event_records WHERE seq IN (${OLD_RECORDS})`,
  // Those of a record that waits stay with it.
  forgetEvents: `DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE received_at < ?1 AND NOT EXISTS
    (SELECT 1 FROM event_records AS record WHERE record.stream = events.stream AND record.key = events.key)
    LIMIT ${FORGOTTEN_AT_ONCE})`,
  // As with pushes: the clock was set back, or forward by ?2.
  futureRecords: `UPDATE event_records SET due_at = due_at - (changed_at - ?1), changed_at = ?1
    WHERE changed_at > CAST(?1 AS BIGINT) + ${SAME_TIME_MS}`,
  skippedRecords: `UPDATE event_records SET due_at = due_at + ?2, changed_at = ?1
    WHERE closed = 0 AND changed_at <= CAST(?1 AS BIGINT) - CAST(?2 AS BIGINT)`,
});

/** When the next record of a stream is due, for who only reads. */
export const NEXT_RECORD = 'SELECT min(due_at) AS due FROM event_records WHERE stream = ?1 AND closed = 0';
/** Records that wait, by stream, for who only reads. */
export const OPEN_RECORDS = 'SELECT stream, count(*) AS count FROM event_records WHERE closed = 0 GROUP BY stream';
