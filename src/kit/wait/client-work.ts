/** Work with a client of a vendor's library that knows no signal. */
import { untilAborted } from '../../contract/index.ts';
import { endOf } from './caller.ts';

/** What differs from library to library. */
export interface ClientParts<Client> {
  readonly client: Client;
  /** Ends the client at once, with all that it does: called when the signal aborts. May be called twice. */
  destroy(client: Client): void | Promise<void>;
  /** What an error of the library means, as a SourceError; what is no error of its own goes through as it is. */
  failure(error: unknown): unknown;
  /** The name of the system in messages: "Redis". */
  readonly system: string;
}

/**
 * Runs `work` with a client until it is done or the signal aborts. Then the client is destroyed, so that nothing of it goes
 * on: give each call a client of its own (`KeptConnections` keeps them).
 * @throws {SourceError} `timeout` when the time was up, `unsent` where it was before the work began; what `failure` makes of
 *   an error of the work; the reason of the signal when the caller has gone
 */
export async function withClient<Client, T>(
  { client, destroy, failure, system }: ClientParts<Client>,
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw endOf(signal, `there was no time left to ask ${system}`, true);
  const working = work(client);
  // Of what is given up nobody reads the failure.
  working.catch(() => undefined);
  try {
    return await untilAborted(working, signal);
  } catch (error) {
    if (!signal.aborted) throw failure(error);
    // What a library throws while it is ended says nothing.
    await Promise.resolve(client)
      .then(destroy)
      .catch(() => undefined);
    throw endOf(signal, `${system} did not answer in time`, false);
  }
}
