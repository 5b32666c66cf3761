/** Ending a statement on the server: it goes on with one whose client is gone until it has something to send. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection as MySqlConnection } from 'mysql2';
import { untilAborted, withDeadlineWithin } from '../../src/contract/index.ts';
import { type Access, connect, disconnect } from './connect.ts';

const KILL_TIMEOUT_MS = 5_000;
const KILL_AGAIN_MS = 100;
/** ER_KILL_DENIED_ERROR */
const KILL_DENIED = 1095;

/** Ends a connection of ours on the server, through another one. Never fails: the time limit of the session is behind it. */
export async function kill(access: Access, threadId: number): Promise<void> {
  try {
    await withDeadlineWithin(KILL_TIMEOUT_MS, undefined, async (signal) => {
      const raw = await connect(access, signal);
      try {
        // Denied while a function runs with the rights of another account, which may be for a moment only.
        while ((await untilAborted(errorOf(raw, `KILL CONNECTION ${Math.trunc(threadId)}`), signal)) === KILL_DENIED) {
          await sleep(KILL_AGAIN_MS, undefined, { signal });
        }
      } finally {
        disconnect(raw);
      }
    });
  } catch {
    // The server is away, and so is the statement, or it has no connection to spare.
  }
}

/** The number of the server's error; 0 when all is well. */
function errorOf(raw: MySqlConnection, sql: string): Promise<number> {
  return new Promise((resolve) => {
    raw.query(sql, (error) => resolve(error?.errno ?? 0));
  });
}
