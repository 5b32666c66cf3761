/** What a server needs that is killed and started again on the port that its clients know. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { areFree } from '../directory/lifecycle.ts';

/**
 * Below the ports that outgoing connections get (32,768 and up on Linux, 49,152 on other systems): while the server is
 * away, a connection of somebody else would take such a port, for as long as it lasts. A client that asks for the port
 * again and again could even be connected to itself.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const LOOKS = 50;
/** Another server may have been given the port in the meantime. */
const RESTARTS = 20;
const RESTART_AGAIN_MS = 200;

/** A port on which nobody listens, and which stays free while its server is away. */
export async function lastingPort(host: string): Promise<number> {
  for (let look = 0; look < LOOKS; look += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await areFree(host, [port])) return port;
  }
  throw new Error(`none of ${LOOKS} ports from ${FIRST_PORT} to ${LAST_PORT} is free`);
}

/** Starts a server again, more than once if need be; `start` must also prove that it is this one who listens. */
export async function startAgain(start: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await start();
      return;
    } catch (error) {
      if (attempt === RESTARTS) throw error;
      await sleep(RESTART_AGAIN_MS);
    }
  }
}
