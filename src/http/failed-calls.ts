/** Calls that failed: who is told what, in which format, and what the log says. */
import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { ErrorRequestHandler, Request } from 'express';
import { failureFields, failureOf } from '../gateway/failure.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { newReference } from '../gateway/reference.ts';
import { nearestName } from '../gateway/unknown-name.ts';
import { UnreadableRequest } from '../helpspot/pushed-request.ts';
import { type Call, knownCall } from './call.ts';
import { Refusal } from './refusal.ts';
import { type RefusalFormat, xmlRefusal } from './refusal-formats.ts';
import { decoded } from './request-url.ts';
import { send } from './send.ts';

/** Turns whatever a handler threw into an answer and a line in the log. */
export function refusals(gateway: Gateway, lingerMs: number): ErrorRequestHandler {
  return async (error: unknown, req, res, _next) => {
    const call = knownCall(req);
    // A caller who has hung up reads nothing; `close` has ended the lookup already.
    if (res.destroyed || isType(error, 'request.aborted')) return;
    const refusal = asRefusal(error);
    if (refusal === undefined) return answerBug(gateway, error, req, call, res);
    logRefusal(gateway, refusal, req, call);
    await restOf(req, lingerMs);
    return sendRefusal(res, call?.refusal ?? xmlRefusal, refusal);
  };
}

function sendRefusal(res: ServerResponse, format: RefusalFormat, { status, message, headers }: Refusal): void {
  // Whoever is refused has no claim to a connection that others may need.
  const all = { ...headers, Connection: 'close' };
  send(res, { status, contentType: format.contentType, body: format.write(message), headers: all });
}

/**
 * Reads the rest of a call and throws it away, for a moment: the connection ends behind the answer, and a reset for
 * bytes that nobody read could overtake it.
 */
async function restOf(req: Request, lingerMs: number): Promise<void> {
  if (req.complete || req.destroyed) return;
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), lingerMs);
  req.resume();
  // An end, a broken connection or the time: the answer is written in any case.
  await finished(req, { signal: enough.signal, writable: false }).catch(() => undefined);
  clearTimeout(timer);
}

function answerBug(gateway: Gateway, error: unknown, req: Request, call: Call | undefined, res: ServerResponse): void {
  const reference = newReference();
  const where = { reference, method: req.method, path: pathForLog(gateway, call) };
  gateway.log.error({ ...where, ...failureFields(error) }, 'a call failed by a bug');
  const words = 'An error in the gateway prevented this call; tell your administrator';
  const failure = failureOf([words], reference, 500);
  sendRefusal(res, call?.refusal ?? xmlRefusal, new Refusal(failure.status, failure.message));
}

/** A refusal for every error that is the caller's; undefined for a bug. */
function asRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof UnreadableRequest) return new Refusal(400, error.message);
  const status = statusOf(error);
  if (isType(error, 'encoding.unsupported')) {
    return new Refusal(
      415,
      'The Content-Encoding of the call is not known; send the body plain, or as gzip, deflate or br',
    );
  }
  if (status === undefined || status < 400 || status >= 500) return undefined;
  // Express's router could not read a name in the path.
  if (error instanceof URIError) {
    return new Refusal(400, 'The address holds a percent-escape that is not UTF-8; write the name in UTF-8');
  }
  return new Refusal(
    400,
    'The body of the call cannot be read: it does not fit its Content-Length or its Content-Encoding',
  );
}

/** The status that Express and body-parser give to their errors. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

function isType(error: unknown, type: string): boolean {
  return error instanceof Error && 'type' in error && error.type === type;
}

function logRefusal(gateway: Gateway, refusal: Refusal, req: Request, call: Call | undefined): void {
  const { status } = refusal;
  const fields = {
    status,
    address: call?.address,
    method: req.method,
    path: pathForLog(gateway, call),
    caller: call?.keyName,
  };
  // Access that is refused may be an attack or a HelpSpot that cannot work; the rest is a slip of the caller.
  const level = status === 401 || status === 403 || status === 429 ? 'warn' : 'info';
  gateway.log[level](fields, `call refused: ${refusal.message}`);
}

const MASK = '***';
const NAMES_SHOWN = 10;

/**
 * The path as it may be logged: only what the gateway itself has a name for, and what is nearly such a name. What else
 * stands in an address may be a key, whole or mistyped, at a place where nobody looks for one (`/K/SECRET/…`,
 * `/SECRET/livelookup`, behind a prefix that the proxy did not take away).
 */
function pathForLog(gateway: Gateway, call: Call | undefined): string {
  if (call === undefined) return MASK;
  const known = knownNames(gateway.plan);
  const names = call.path.slice(0, LONGEST_PATH).split('/', NAMES_SHOWN);
  return names
    .map((name, index) => {
      if (index > 0 && names[index - 1]?.toLowerCase() === 'k') return MASK;
      if (name === '' || name.toLowerCase() === 'k') return name;
      return isPublic(decoded(name), known) && !call.keys.reveals(name) ? name : MASK;
    })
    .join('/');
}

/** A path has a handful of names, and names are short. */
const LONGEST_PATH = 1_000;

const WORDS = [
  ...['api', 'lookups', 'openapi.json', 'caller', 'overview', 'sources', 'fields', 'test', 'index', 'rebuild'],
  ...['pushes', 'retry', 'drop', 'audit', 'configuration'],
  'livelookup',
  'ajax',
  'push',
  'details',
  'webhooks',
  'events',
  'healthz',
  'readyz',
  'metrics',
  'console',
];

function knownNames({ sources, lookups, ajax, push, webhooks, events = new Map() }: GatewayPlan): readonly string[] {
  return [...WORDS, ...[sources, lookups, ajax, push, webhooks, events].flatMap((plans) => [...plans.keys()])];
}

function isPublic(name: string, known: readonly string[]): boolean {
  return known.includes(name) || nearestName(name, known) !== undefined;
}
