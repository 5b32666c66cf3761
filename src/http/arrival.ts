/** The first thing a call meets: where it comes from, and which key it shows. */
import type { Express, Request, RequestHandler } from 'express';
import type { Gateway } from '../gateway/gateway.ts';
import type { AccessRules } from './access.ts';
import { startCall } from './call.ts';
import { takeKeys } from './credentials.ts';
import { plainAddress } from './networks.ts';
import { formatAt, textRefusal, xmlRefusal } from './refusal-formats.ts';

/** Makes a `Call` of every request, and takes the keys out of it. Refuses nobody. */
export function arrival(app: Express, gateway: Gateway, rules: () => AccessRules): RequestHandler {
  let trusted = trustProxies(app, gateway.plan.server.trustProxy);
  return (req, _res, next) => {
    const { trustProxy } = gateway.plan.server;
    if (trusted !== trustProxy) trusted = trustProxies(app, trustProxy);
    const { keys } = rules();
    const { keyName, inAddress, wrong, inPath, path, query } = takeKeys(req, keys);
    startCall(req, {
      keys,
      address: addressOf(req, trusted),
      keyName,
      keyInAddress: inAddress,
      wrongKey: wrong,
      path,
      query,
      traceparent: traceparentOf(req),
      // Whoever puts a key into the path is HelpSpot.
      refusal: formatAt(path) ?? (inPath ? xmlRefusal : textRefusal),
    });
    next();
  };
}

/** The header of version 00 has 55 characters; later versions may add some. */
const LONGEST_TRACEPARENT = 200;

/** Twice is no trace: Node.js puts them together. */
function traceparentOf({ headers }: Request): string | undefined {
  const { traceparent } = headers;
  return typeof traceparent === 'string' && traceparent.length <= LONGEST_TRACEPARENT ? traceparent : undefined;
}

function trustProxies(app: Express, proxies: readonly string[]): readonly string[] {
  app.set('trust proxy', [...proxies]);
  return proxies;
}

/** An IPv6 address with an IPv4 address in it, brackets, a zone and a port. */
const LONGEST_ADDRESS = 100;

/** Some twenty proxies in a row. A caller may write a header of a megabyte, and each address in it costs time. */
const LONGEST_CHAIN = 2_000;

/** The end of X-Forwarded-For, which the nearest proxies wrote, cut between two addresses. */
function endOfChain(header: string): string {
  if (header.length <= LONGEST_CHAIN) return header;
  const end = header.slice(-LONGEST_CHAIN);
  return end.slice(end.indexOf(',') + 1);
}

/** The caller's address, as far as trusted proxies vouch for it. */
function addressOf(req: Request, trusted: readonly string[]): string {
  // `req.ip` reads X-Forwarded-For only to find that nobody is trusted.
  if (trusted.length === 0) return plainAddress(req.socket.remoteAddress ?? '');
  const chain = req.headers['x-forwarded-for'];
  if (typeof chain === 'string') req.headers['x-forwarded-for'] = endOfChain(chain);
  // A proxy passes on whatever its caller wrote; no address is longer.
  return plainAddress((req.ip ?? '').slice(0, LONGEST_ADDRESS));
}
