/** The first thing a call meets: where it comes from, which key it shows, and where it goes. */
import type { Express, Request } from 'express';
import type { Gateway } from '../gateway/gateway.ts';
import { Access } from './access.ts';
import type { Area } from './area.ts';
import { type Call, startCall } from './call.ts';
import { takeKeys } from './credentials.ts';
import { plainAddress } from './networks.ts';
import { Refusal } from './refusal.ts';
import { textRefusal, xmlRefusal } from './refusal-formats.ts';

/** A call that has come in, and where it goes. */
export interface Arrival {
  readonly call: Call;
  /** Undefined: an address where there is nothing. */
  readonly area: Area | undefined;
}

/**
 * Makes the entrance; it throws a {@link Refusal} for an address that may not call. Reads the plan on every call, so
 * that a reload counts from the next call on; what is made from the plan is made once for each.
 */
export function entrance(app: Express, gateway: Gateway, areas: readonly Area[]): (req: Request) => Arrival {
  let access = new Access(gateway.plan.access);
  let trusted = trustProxies(app, gateway.plan.server.trustProxy);

  return (req) => {
    const { plan } = gateway;
    if (access.plan !== plan.access) {
      const renewed = new Access(plan.access);
      access.close();
      access = renewed;
    }
    if (trusted !== plan.server.trustProxy) trusted = trustProxies(app, plan.server.trustProxy);

    const { keyName, wrong, inPath, path, query } = takeKeys(req, access.keys);
    const area = areaOf(path, areas);
    const address = addressOf(req, trusted);
    const call = startCall(req, {
      access,
      address,
      keyName,
      wrongKey: wrong,
      path,
      query,
      // Whoever puts a key into the path is HelpSpot.
      refusal: area?.refusal ?? (inPath ? xmlRefusal : textRefusal),
    });
    if (!access.networks.has(address)) {
      const words = 'may not call this gateway; an administrator can add it to access.networks in the configuration';
      throw new Refusal(403, `The address ${address.slice(0, 60)} ${words}`);
    }
    return { call, area };
  };
}

function areaOf(path: string, areas: readonly Area[]): Area | undefined {
  const lower = path.toLowerCase();
  return areas.find((area) => lower.startsWith(area.path) && (lower[area.path.length] ?? '/') === '/');
}

function trustProxies(app: Express, proxies: readonly string[]): readonly string[] {
  app.set('trust proxy', [...proxies]);
  return proxies;
}

/** An IPv6 address with an IPv4 address in it, brackets, a zone and a port. */
const LONGEST_ADDRESS = 100;

/** The caller's address, as far as trusted proxies vouch for it. */
function addressOf(req: Request, trusted: readonly string[]): string {
  // `req.ip` reads X-Forwarded-For only to find that nobody is trusted.
  const address = trusted.length === 0 ? req.socket.remoteAddress : req.ip;
  // A proxy passes on whatever its caller wrote; no address is longer.
  return plainAddress((address ?? '').slice(0, LONGEST_ADDRESS));
}
