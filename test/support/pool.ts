/** Servers that one file of tests after the other uses, each alone while it does: starting one costs seconds. */

/** What a pool keeps. */
interface Stoppable {
  stop(): Promise<void>;
}

/**
 * Lends servers to files of tests. As the files of one process follow one another, a process starts one of each kind at
 * most, unless a file wants two; they end with the process.
 *
 * @param start starts one
 * @param restore makes it as it was when it was new, whatever was done to it: killed, paused, set up, filled
 * @returns starts one or lends one that is back. The `stop` of what it gives restores it and takes it back; one that
 *   cannot be restored is ended, and the next file gets a new one
 */
export function poolOf<Options, Server extends Stoppable>(
  start: (options: Options) => Promise<Server>,
  restore: (server: Server) => Promise<void>,
): (options: Options) => Promise<Server> {
  const idle = new Map<string, Server[]>();
  return async (options) => {
    const key = JSON.stringify(options);
    const server = idle.get(key)?.pop() ?? (await start(options));
    // Its own members, and getters as they are: a password that was changed is read anew.
    const lent: Server = Object.create(server, Object.getOwnPropertyDescriptors(server));
    lent.stop = async () => {
      try {
        await restore(server);
      } catch {
        await server.stop();
        return;
      }
      idle.set(key, [...(idle.get(key) ?? []), server]);
    };
    return lent;
  };
}
