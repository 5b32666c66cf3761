/** The Express application: entrance, access, areas, and what is said to those who get lost. */
import express, { type Express, type Request, type Response } from 'express';
import type { Gateway } from '../gateway/gateway.ts';
import type { Area } from './area.ts';
import type { Call } from './call.ts';
import { entrance } from './entrance.ts';
import { httpLimits } from './limits.ts';
import { nothingHere, Refusal, refusals, wrongMethod } from './refusal.ts';
import { routes } from './routes/index.ts';

/**
 * Makes the application of a gateway. It does not listen; `listen.ts` does. Throws `UserError` for an `access:` that cannot work.
 * @param lingerMs how long the rest of a call that is refused is read
 */
export function createApp(gateway: Gateway, lingerMs: number = httpLimits.lingerMs): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);

  const enter = entrance(app, gateway, routes(gateway));
  // One handler in place of a router for each area: a call is answered in some 100 µs, and each layer of
  // Express's router takes several of them.
  const answer = async (req: Request, res: Response): Promise<void> => {
    const { call, area } = enter(req);
    await call.access.admit(req, res, area?.key ?? 'optional');
    if (area === undefined) throw nothingHere();
    const below = namesBelow(area, call);
    await handlerOf(area, req.method)({ req, res, call, below });
  };
  app.use((req, res, next) => void answer(req, res).catch(next));
  app.use(refusals(gateway, lingerMs));
  return app;
}

/** The decoded names that follow an area's path. */
function namesBelow(area: Area, { path }: Call): readonly string[] {
  const names = path.slice(area.path.length + 1).split('/');
  if (names.at(-1) === '') names.pop();
  if (names.length > area.depth) throw nothingHere();
  try {
    return names.map(decodeURIComponent);
  } catch {
    throw new Refusal(400, 'The address holds a percent-escape that is not UTF-8; write the name in UTF-8');
  }
}

function handlerOf({ methods }: Area, method: string) {
  const handler = method === 'POST' ? methods.POST : method === 'GET' || method === 'HEAD' ? methods.GET : undefined;
  if (handler !== undefined) return handler;
  throw wrongMethod(method, Object.keys(methods));
}
