/** The connections of a source: how many, through which proxy, and whom they trust. */
import { Socket } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { buildConnector, Dispatcher } from 'undici';
import { UserError } from '../../contract/index.ts';
import { readAuthority } from '../tls/index.ts';
import { withoutContinue } from './interim.ts';
import type { HttpSettings } from './settings.ts';

/** More requests than this at a time wait for one another, instead of opening a connection each. */
const MOST_CONNECTIONS = 16;
/** A name or an address that does not answer by then will not. Nobody waits for it beyond a deadline anyway. */
const CONNECT_MS = 10_000;

/** Whom to trust, as `tls.connect` takes it. */
export interface Trust {
  readonly ca?: string[];
  readonly rejectUnauthorized?: boolean;
}

/** Connections that are being opened. The library cannot be told to give them up. */
class Opening {
  readonly #sockets = new Set<Socket>();

  /** The same connector; what it opens is known here until it is open, and then given without what nobody asked for. */
  watched(connect: buildConnector.connector): buildConnector.connector {
    return (options, callback) => {
      const socket: unknown = connect(options, (...result) => {
        if (socket instanceof Socket) {
          this.#sockets.delete(socket);
          withoutContinue(socket);
        }
        callback(...result);
      });
      if (socket instanceof Socket) this.#sockets.add(socket);
    };
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy(new Error('nobody waits for this connection any more'));
    this.#sockets.clear();
  }
}

/** The connections of a source. */
export class HttpConnections {
  /** @internal */
  readonly dispatcher: Dispatcher;
  readonly #opening: Opening;
  #waiting = 0;

  /** @internal */
  constructor(dispatcher: Dispatcher, opening: Opening) {
    this.dispatcher = dispatcher;
    this.#opening = opening;
  }

  /**
   * A request waits for a connection. When it has one, or gives up, the function
   * that is given is to be called once: what is being opened for nobody is ended.
   */
  awaiting(): () => void {
    this.#waiting += 1;
    return () => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#opening.end();
    };
  }

  async close(): Promise<void> {
    this.#opening.end();
    await this.dispatcher.destroy();
  }
}

/**
 * Connections that stay open between requests, with the settings of a source.
 * @param resolve gives the absolute path of a file that the settings name
 * @throws {UserError} naming the file or the setting that cannot be used
 */
export async function openConnections(
  settings: HttpSettings,
  resolve: (path: string) => string,
): Promise<HttpConnections> {
  return await connectionsFor(settings.proxy, await trustOf(settings.tls, resolve));
}

/**
 * The same for those who know whom to trust.
 * @param proxy address of a proxy, or `none`; undefined for what the environment says
 * @throws {UserError} for a proxy of the environment that is none
 */
export async function connectionsFor(proxy: HttpSettings['proxy'], trust: Trust): Promise<HttpConnections> {
  const undici = await import('undici');
  const opening = new Opening();
  return new HttpConnections(dispatcherOf(undici, proxy, trust, opening), opening);
}

function dispatcherOf(
  { Agent, buildConnector, EnvHttpProxyAgent, Pool, ProxyAgent }: typeof import('undici'),
  proxy: HttpSettings['proxy'],
  trust: Trust,
  opening: Opening,
): Dispatcher {
  const tls = { ...contextOf(trust), timeout: CONNECT_MS };
  const connect = opening.watched(buildConnector(tls));
  const own = { connections: MOST_CONNECTIONS, pipelining: 1, connect };
  if (proxy === 'none') return new Agent(own);
  const proxied = {
    ...own,
    requestTls: tls,
    proxyTls: tls,
    // A plain request is handed to the proxy as it is: many let CONNECT go to port 443 only.
    proxyTunnel: false,
    factory: (origin: URL, options: object) => new Pool(origin, { ...options, connections: MOST_CONNECTIONS }),
    // A proxy that does not say whether it could connect is given up as late as a system that does not answer.
    clientFactory: (origin: URL) => new Pool(origin, { ...own, headersTimeout: CONNECT_MS }),
  };
  if (proxy !== undefined) return new ProxyAgent({ ...proxied, uri: proxy });
  try {
    return new EnvHttpProxyAgent(proxied);
  } catch {
    throw new UserError(
      'HTTPS_PROXY or HTTP_PROXY of the environment is no address; write it like http://proxy.example.com:3128, or proxy: none at the source',
    );
  }
}

/** Each connection would read all of the authorities again, which holds everybody up for some milliseconds. */
function contextOf({ ca, ...verify }: Trust) {
  return ca === undefined ? verify : { ...verify, secureContext: createSecureContext({ ca }) };
}

/**
 * What `tls` of the settings means for a connection. Authorities are trusted besides those that Node.js comes with.
 * @throws {UserError} naming the file that cannot be used
 */
export async function trustOf(tls: HttpSettings['tls'], resolve: (path: string) => string): Promise<Trust> {
  const verify = tls?.verify === false ? { rejectUnauthorized: false } : {};
  if (tls?.ca === undefined) return verify;
  return { ...verify, ca: [...rootCertificates, await readAuthority(resolve(tls.ca))] };
}
