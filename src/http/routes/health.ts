/**
 * `GET /healthz`: the process lives; asks no source, wants no key. `GET /readyz`: every source answers and
 * pushes can be stored (200; "degraded" when one has data that it cannot read), or not (503). What is wrong with a source may name hosts and accounts, so it is told only to this machine
 * and to those who show a key.
 */
import type { IRouter, Request, RequestHandler } from 'express';
import type { Gateway } from '../../gateway/gateway.ts';
import type { CheckRow } from '../../gateway/outcome.ts';
import type { GatewayPlan } from '../../gateway/plan.ts';
import { type Call, callOf } from '../call.ts';
import { readyCacheMs } from '../limits.ts';
import { isLoopback, plainAddress } from '../networks.ts';
import { takesOnly } from '../refusal.ts';
import { JSON_TYPE, send } from '../send.ts';

/** Says that the process lives. */
export function alive(router: IRouter): void {
  router.get('/healthz', (_req, res) => send(res, { status: 200, contentType: JSON_TYPE, body: '{"status":"ok"}\n' }));
  router.all('/healthz', takesOnly('GET'));
}

/** Says how the sources and the store are. */
export function readiness(router: IRouter, gateway: Gateway): void {
  const check = cachedCheck(gateway);
  const tell: RequestHandler = async (req, res) => {
    const rows = await check();
    const ready = rows.every((row) => row.ok);
    const status = ready ? (rows.some((row) => row.warnings !== undefined) ? 'degraded' : 'ready') : 'not ready';
    const sources = seesProblems(req, callOf(req)) ? rows : rows.map(({ source, ok }) => ({ source, ok }));
    const body = `${JSON.stringify({ status, sources })}\n`;
    send(res, { status: ready ? 200 : 503, contentType: JSON_TYPE, body });
  };

  router.get('/readyz', tell);
  router.all('/readyz', takesOnly('GET'));
}

/** Whether a caller is of this machine, or has shown a key. */
export function seesProblems(req: Request, { address, keyName }: Call): boolean {
  return keyName !== undefined || (isLoopback(address) && !isRelayed(req, address));
}

/** Headers with which a proxy says that it is one. */
const RELAY_HEADERS = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'];

/** A proxy that is not trusted passed the call on: its address is the proxy's, and says nothing about the caller. */
function isRelayed(req: Request, address: string): boolean {
  if (!RELAY_HEADERS.some((name) => name in req.headers)) return false;
  return address === plainAddress(req.socket.remoteAddress ?? '');
}

/** The gateway's check (it keeps the deadline), one at a time, and repeated only after a while or for another configuration. */
function cachedCheck(gateway: Gateway): () => Promise<readonly CheckRow[]> {
  let plan: GatewayPlan | undefined;
  let last: Promise<readonly CheckRow[]> | undefined;
  let staleAt = 0;

  return () => {
    if (last === undefined || plan !== gateway.plan || performance.now() >= staleAt) {
      plan = gateway.plan;
      // Until it has ended, the check in hand serves everybody who asks.
      staleAt = Number.POSITIVE_INFINITY;
      const asked = gateway.check();
      const keep = () => {
        if (last === asked) staleAt = performance.now() + readyCacheMs;
      };
      asked.then(keep, keep);
      last = asked;
    }
    return last;
  };
}
