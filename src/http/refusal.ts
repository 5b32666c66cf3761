/** Calls that are not answered: who is told what, in which format, and what the log says. */
import type { ServerResponse } from 'node:http';
import type { ErrorRequestHandler, Request } from 'express';
import { failureFields, failureOf } from '../gateway/failure.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { newReference } from '../gateway/reference.ts';
import type { RefusalFormat } from './area.ts';
import { type Call, knownCall } from './call.ts';
import { xmlRefusal } from './refusal-formats.ts';
import { send } from './send.ts';

/** A call is refused. `message` is for the caller: what is wrong and what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** There is nothing at an address. */
export function nothingHere(): Refusal {
  return new Refusal(
    404,
    'There is nothing at this address. Live Lookup is at /livelookup/NAME (with the key in the path: ' +
      '/k/KEY/livelookup/NAME), AJAX fields at /ajax/NAME, Request Push at /push/NAME, webhooks at /webhooks/NAME, ' +
      'the health of the gateway at /healthz and /readyz, its figures at /metrics',
  );
}

/** An address does not take a method. @param known the methods that it takes */
export function wrongMethod(method: string, known: readonly string[]): Refusal {
  const words = `This address takes ${known.join(' and ')}, not ${method}`;
  const allow = known.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
  return new Refusal(405, words, { Allow: allow.join(', ') });
}

/** Turns whatever a handler threw into an answer and a line in the log. */
export function refusals(gateway: Gateway): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const call = knownCall(req);
    // A caller who has hung up reads nothing; `close` has ended the lookup already.
    if (res.destroyed || isType(error, 'request.aborted')) return;
    const refusal = asRefusal(error);
    if (refusal === undefined) return answerBug(gateway, error, req, call, res);
    logRefusal(gateway, refusal, req, call);
    return sendRefusal(res, call?.refusal ?? xmlRefusal, refusal);
  };
}

function sendRefusal(res: ServerResponse, format: RefusalFormat, { status, message, headers }: Refusal): void {
  send(res, { status, contentType: format.contentType, body: format.write(message), headers });
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
  const status = statusOf(error);
  if (isType(error, 'encoding.unsupported')) {
    return new Refusal(
      415,
      'The Content-Encoding of the call is not known; send the body plain, or as gzip, deflate or br',
    );
  }
  if (status === undefined || status < 400 || status >= 500) return undefined;
  return new Refusal(
    400,
    'The body of the call cannot be read: it does not fit its Content-Length or its Content-Encoding',
  );
}

/** The status that body-parser gives its errors (package http-errors). */
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
const LONGEST_PATH = 200;
/** Names are shorter; what is longer may be a key in which something was mistyped. */
const LONGEST_NAME = 40;

/**
 * The path as it may be logged: without the query, and without a key that stands where we do not look for one
 * (`/K/SECRET/…`, behind a prefix that the proxy did not take away).
 */
function pathForLog(gateway: Gateway, call: Call | undefined): string {
  if (call === undefined) return MASK;
  const names = call.path.split('/', NAMES_SHOWN);
  const isSecret = (name: string) => name.length > LONGEST_NAME || call.access.keys.reveals(name);
  // Whole names first: half a secret would not be known as one.
  const masked = names
    .map((name, index) => (isSecret(name) || names[index - 1]?.toLowerCase() === 'k' ? MASK : name))
    .join('/');
  const clean = gateway.plan.secrets.reduce(
    (text, secret) => (secret === '' ? text : text.replaceAll(secret, MASK)),
    masked,
  );
  return clean.slice(0, LONGEST_PATH);
}
