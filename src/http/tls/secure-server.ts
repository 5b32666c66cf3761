/** HTTP over TLS without a proxy in front: the certificate that is served, and what goes wrong before a call. */
import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { type Log, UserError } from '../../contract/index.ts';
import type { GatewayPlan } from '../../gateway/plan.ts';
import { codeOf } from '../../kit/text/index.ts';
import type { Connections } from '../connections.ts';
import type { HttpLimits } from '../limits.ts';
import { plainAddress } from '../networks.ts';
import { SeldomLog } from '../seldom-log.ts';
import { type CertificatePair, isInForce, pairFindings, readPair } from './certificate.ts';

/** A server with TLS. */
export interface SecureServer {
  readonly server: Server;
  /**
   * Reads the files of the plan in force again, and serves them to whoever connects from now on.
   * @param isReminder says once more what is to be said of them, though they are the same
   * @throws {UserError} when they cannot be used: the old ones go on serving
   */
  renew(isReminder?: boolean): void;
}

/**
 * A server that answers over TLS 1.2 and later.
 * @throws {UserError} when the certificate or its key cannot be used
 */
export function secureServer(
  gateway: { readonly plan: GatewayPlan; readonly log: Log },
  options: ServerOptions,
  limits: HttpLimits,
  listener: RequestListener,
): SecureServer {
  let pair = current(gateway.plan);
  if (pair === undefined) throw new Error('there is no server.tls');
  const fixed = { minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] } as const;
  const server = createServer(
    { ...options, ...fixed, handshakeTimeout: limits.handshakeTimeoutMs, cert: pair.cert, key: pair.key },
    listener,
  );
  tellFindings(gateway, pair);
  const renew = (isReminder = false) => {
    const next = current(gateway.plan);
    if (next === undefined || pair === undefined) return;
    if (next.cert === pair.cert && next.key === pair.key) {
      if (isReminder) tellFindings(gateway, pair);
      return;
    }
    if (!isInForce(next) && isInForce(pair)) {
      const file = gateway.plan.server.tls?.cert;
      throw new UserError(`server.tls.cert: ${file} is not in force today; put one there that is`);
    }
    server.setSecureContext({ ...fixed, cert: next.cert, key: next.key });
    pair = next;
    const until = new Date(next.leaf.validTo).toISOString().slice(0, 10);
    gateway.log.info({ file: gateway.plan.server.tls?.cert, until }, 'the new certificate is served');
    tellFindings(gateway, pair);
  };
  return { server, renew };
}

function current({ server }: GatewayPlan): CertificatePair | undefined {
  return server.tls === undefined ? undefined : readPair(server.tls);
}

function tellFindings({ plan, log }: { readonly plan: GatewayPlan; readonly log: Log }, pair: CertificatePair): void {
  if (plan.server.tls === undefined) return;
  for (const { where, weight, sentence } of pairFindings(pair, plan.server.tls, plan.server.publicAddress)) {
    if (weight === 'error')
      log.error({ problem: `${where}: ${sentence}` }, 'the certificate does not serve its purpose');
    else log.warn({ problem: `${where}: ${sentence}` }, 'somebody should look at the certificate');
  }
}

/** What OpenSSL says of a handshake that failed, in words for who mends it. */
const HANDSHAKE_WORDS: readonly (readonly [part: string, words: string])[] = [
  ['ERR_SSL_HTTP_REQUEST', 'a call with http:// came to the port of https://; write https:// in HelpSpot'],
  [
    'UNKNOWN_CA',
    'a caller does not know the authority of the certificate; serve the whole chain, or let it trust that one',
  ],
  [
    'CERTIFICATE_UNKNOWN',
    'a caller refuses the certificate; compare its names and dates with the address that is called',
  ],
  ['BAD_CERTIFICATE', 'a caller refuses the certificate; compare its names and dates with the address that is called'],
  ['CERTIFICATE_EXPIRED', 'a caller refuses the certificate as expired; renew it'],
  ['UNSUPPORTED_PROTOCOL', 'a caller speaks no TLS 1.2; bring its system up to date'],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', 'a connection was ended whose handshake took too long'],
];

/** Follows connections through their handshake; nobody can read an answer before it. */
export function watchHandshakes(server: Server, connections: Connections, log: Log): void {
  const says = new SeldomLog(log);
  server.on('secureConnection', (socket) => connections.secured(socket));
  // Node's own listener would have a failed handshake answered in HTTP.
  server.removeAllListeners('tlsClientError');
  server.on('tlsClientError', (error, socket) => {
    const code = codeOf(error);
    const address = socket.remoteAddress === undefined ? undefined : plainAddress(socket.remoteAddress);
    socket.destroy();
    // Whoever only knocks (a probe of a load balancer) has done nothing wrong.
    if (code === 'ECONNRESET' || code === 'EPIPE') return;
    const known = HANDSHAKE_WORDS.find(([part]) => code.includes(part));
    says.warn(known?.[0] ?? 'other', { address, code }, known?.[1] ?? 'a handshake of TLS failed');
  });
}
