/** Listening, and ending without losing a call. */

import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { UserError } from '../contract/index.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { createApp } from './app.ts';
import { answerBrokenRequests } from './broken-requests.ts';
import { Connections } from './connections.ts';
import { type HttpLimits, httpLimits } from './limits.ts';
import { messagesOf } from './messages.ts';
import { Newcomers } from './newcomers.ts';
import { originForm } from './request-url.ts';
import { secureServer, watchHandshakes } from './tls/secure-server.ts';

/** A gateway that listens. */
export interface RunningServer {
  readonly address: AddressInfo;
  /** `http://127.0.0.1:8787`, with TLS `https://…`, without a slash at the end. */
  readonly url: string;
  /**
   * Takes no more connections, answers the calls in hand, and ends. Calls that outlast the deadline of the gateway
   * are cut off. Does not close the gateway. May be called more than once.
   */
  close(): Promise<void>;
  /**
   * Reads the certificate again, as the plan in force says; nothing without TLS.
   * @param isReminder says once more what is to be said of it, though it is the same
   * @throws {UserError} when it cannot be used: the old one goes on serving
   */
  renewCertificate(isReminder?: boolean): void;
}

/**
 * Listens where `plan.server` says. `limits` replaces single limits.
 * @throws {UserError} when the address, the port or the certificate cannot be used, or `access:` cannot work
 */
export async function listen(gateway: Gateway, limits: Partial<HttpLimits> = {}): Promise<RunningServer> {
  const all = { ...httpLimits, ...limits };
  const newcomers = new Newcomers(gateway, all);
  const connections = new Connections(newcomers);
  const { server, stopKeeping, renew } = makeServer(gateway, connections, newcomers, all);
  const address = await opened(server, gateway.plan.server);
  server.on('error', (error) => gateway.log.error({ problem: error.message }, 'the HTTP server failed'));
  let closing: Promise<void> | undefined;
  return {
    address,
    url: urlOf(address, renew === undefined ? 'http' : 'https'),
    close() {
      closing ??= closed(server, connections, gateway, stopKeeping, all.closeGraceMs);
      return closing;
    },
    renewCertificate: (isReminder) => renew?.(isReminder),
  };
}

function makeServer(gateway: Gateway, connections: Connections, newcomers: Newcomers, limits: HttpLimits) {
  const app = createApp(gateway, limits.lingerMs);
  let keeping = true;
  const options = {
    ...messagesOf(app),
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.timeoutCheckMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // Node would refuse a call without Host with an empty answer; we have no use for Host.
    requireHostHeader: false,
  };
  const listener: RequestListener = (req, res) => {
    connections.started(res);
    if (!keeping) res.setHeader('Connection', 'close');
    // Before Express sees it: its router remembers the host of an absolute address, and cuts paths by its length.
    req.url = originForm(req.url ?? '/');
    app(req, res);
  };
  const secure = gateway.plan.server.tls === undefined ? undefined : secureServer(gateway, options, limits, listener);
  const server = secure?.server ?? createServer(options, listener);
  server.on('connection', (socket) => newcomers.admit(socket, connections, secure !== undefined));
  // Without a listener Node refuses an unknown `Expect` with an empty answer.
  server.on('checkExpectation', (req, res) => server.emit('request', req, res));
  answerBrokenRequests(server, connections, gateway.log, limits);
  if (secure !== undefined) watchHandshakes(secure.server, connections, gateway.log);
  const stopKeeping = () => {
    keeping = false;
  };
  return { server, stopKeeping, renew: secure?.renew };
}

/** Starts to listen. */
function opened(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)));
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('the server has no port'));
      resolve(address);
    });
  });
}

/** The mistakes that `server.host` and `server.port` can hold. */
function listenError(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new UserError(
        `server.port: port ${port} on ${host} is taken by another program (another gateway?); end that, or write another port`,
      );
    case 'EACCES':
      return new UserError(
        `server.port: this account may not listen on port ${port} of ${host}; write a port above 1023, or put a reverse proxy in front`,
      );
    case 'EADDRNOTAVAIL':
      return new UserError(
        `server.host: ${host} is no address of this machine; write 127.0.0.1, 0.0.0.0 for all its addresses, or one that it has`,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new UserError(
        `server.host: no address is known for "${host}"; write an IP address of this machine, such as 127.0.0.1`,
      );
    default:
      return error;
  }
}

function urlOf({ address, family, port }: AddressInfo, scheme: 'http' | 'https'): string {
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function closed(
  server: Server,
  connections: Connections,
  gateway: Gateway,
  stopKeeping: () => void,
  graceMs: number,
): Promise<void> {
  stopKeeping();
  // Only the listening: `server.close()` of HTTP would also destroy connections whose answer is still being sent.
  const ended = new Promise<void>((done) => NetServer.prototype.close.call(server, () => done()));
  for (const res of connections.allPending()) {
    if (res.headersSent) res.once('finish', () => connections.closeIdle());
    else res.setHeader('Connection', 'close');
  }
  connections.closeIdle();
  const cutOff = setTimeout(() => {
    const calls = connections.allPending().length;
    gateway.log.warn({ calls }, 'closing: calls that outlasted the deadline are cut off');
    server.closeAllConnections();
  }, gateway.plan.server.deadlineMs + graceMs);
  await ended;
  clearTimeout(cutOff);
  // What is left of HTTP is a timer.
  server.close();
}
