/** Connections to Redis that are kept between calls, each with one call at a time, so that a call can be ended alone. */
import { createClient, ErrorReply } from '@redis/client';
import { SourceError } from 'helpspot-gateway/contract';
import { messageOf } from 'helpspot-gateway/kit/text';
import { type KeptConnection, KeptConnections, Semaphore, withClient } from 'helpspot-gateway/kit/wait';
import type { Settings } from './settings.ts';

/** The client of the library, as it is made here. */
export type RedisClient = ReturnType<typeof newClient>;

/** Servers and firewalls close what is quiet for so long. */
const IDLE_LIMIT_MS = 300_000;

/** What the first word of a refusal means: https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors */
const MEANINGS: Readonly<Record<string, readonly [kind: SourceError['kind'], remedy: string]>> = {
  NOAUTH: ['unauthorized', 'write a password'],
  WRONGPASS: ['unauthorized', 'check the name in url, and the password'],
  NOPERM: ['unauthorized', 'let the account read customers* and write ticket*'],
  LOADING: ['busy', 'wait until the server has read its data'],
  BUSY: ['busy', 'find out which script runs for so long'],
  READONLY: ['rejected', 'write the address of the primary server'],
};

interface Kept extends KeptConnection {
  readonly client: RedisClient;
}

/** One Redis server. */
export class Redis {
  readonly #pool: KeptConnections<Kept>;

  constructor(settings: Settings) {
    this.#pool = new KeptConnections({
      semaphore: new Semaphore(settings.connections),
      open: (signal) => opened(settings, signal),
      probe: async ({ client }, signal) => void (await call(client, signal, () => client.ping())),
      isLost: (error) => error instanceof SourceError && error.kind === 'unreachable',
      idleLimitMs: IDLE_LIMIT_MS,
    });
  }

  /**
   * Runs `work`, once more when the connection breaks: nothing here does harm twice.
   * @throws {SourceError}; the reason of the signal
   */
  async use<T>(signal: AbortSignal, work: (client: RedisClient) => Promise<T>): Promise<T> {
    return await this.#pool.use(signal, ({ client }) => call(client, signal, work));
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

async function opened(settings: Settings, signal: AbortSignal): Promise<Kept> {
  const client = newClient(settings);
  // What breaks while nobody asks is found by the next call.
  client.on('error', () => undefined);
  try {
    await call(client, signal, () => client.connect());
  } catch (error) {
    destroy(client);
    // Nothing was asked yet.
    if (!(error instanceof SourceError)) throw error;
    const { kind, message, remedy, cause } = error;
    throw new SourceError(kind, message, { cause, remedy, unsent: true });
  }
  return {
    client,
    get isOpen() {
      return client.isReady;
    },
    close: () => destroy(client),
  };
}

function newClient({ url, password, connectTimeout }: Settings) {
  // It connects once and queues nothing: what is tried again, and until when, the gateway says.
  const socket = { reconnectStrategy: false, connectTimeout } as const;
  return createClient({ url, ...(password !== undefined && { password }), socket, disableOfflineQueue: true });
}

function call<T>(client: RedisClient, signal: AbortSignal, work: (client: RedisClient) => Promise<T>): Promise<T> {
  return withClient({ client, destroy, failure, system: 'Redis' }, signal, work);
}

function destroy(client: RedisClient): void {
  // The library throws for one that is closed already.
  if (client.isOpen) client.destroy();
}

function failure(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof SourceError) return cause;
  const said = messageOf(cause);
  if (!(cause instanceof ErrorReply)) {
    return new SourceError('unreachable', `Redis cannot be reached: ${said}`, { cause, remedy: 'check url' });
  }
  const [kind, remedy] = MEANINGS[said.split(' ', 1)[0] ?? ''] ?? ['rejected', 'see what it says'];
  return new SourceError(kind, `Redis said: ${said}`, { cause, remedy, said });
}
