/** The API on the router: who may call, what came in, the deadline, and the answer. */
import type { IRouter, Request, RequestHandler } from 'express';
import { DeadlineExceeded, redact, withDeadlineWithin } from '../../contract/index.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { apiJson, bytesOf } from '../body.ts';
import { callOf } from '../call.ts';
import type { ConsoleParts } from '../console/console.ts';
import { withoutKey } from '../credentials.ts';
import { readFields } from '../fields.ts';
import { goneController } from '../gone.ts';
import { Refusal, takesOnly } from '../refusal.ts';
import { sendFailure } from '../routes/push.ts';
import { JSON_TYPE, send } from '../send.ts';
import { apiCallerOf, refuseUnallowed } from './caller.ts';
import { FailedCall, FileAnswer, type Operation } from './operation.ts';
import { auditOperations } from './resources/audit.ts';
import { configurationOperations } from './resources/configuration.ts';
import { gatewayOperations } from './resources/gateways.ts';
import { lookupOperations } from './resources/lookups.ts';
import { metaOperations } from './resources/meta.ts';
import { overviewOperations } from './resources/overview.ts';
import { pushChangeOperations } from './resources/push-changes.ts';
import { pushOperations } from './resources/pushes.ts';
import { sourceOperations } from './resources/sources.ts';

/** What the answer takes besides asking the gateway, which keeps the deadline itself. Milliseconds. */
const ANSWERING_MS = 2_000;

/** Everything below `/api`. */
export const apiOperations: readonly Operation[] = [
  ...[...metaOperations, ...overviewOperations, ...gatewayOperations, ...sourceOperations, ...lookupOperations],
  ...[...pushOperations, ...pushChangeOperations, ...auditOperations, ...configurationOperations],
];

/** Puts the API on the router. */
export function apiRoutes(router: IRouter, gateway: Gateway, parts: ConsoleParts): void {
  for (const one of apiOperations) {
    const path = pathOf(one);
    if (one.method === 'get') router.get(path, handlerOf(one, gateway, parts));
    else router.post(path, allowed(one, gateway, parts), apiJson, handlerOf(one, gateway, parts));
  }
  for (const path of new Set(apiOperations.map(pathOf))) {
    const methods = apiOperations.filter((one) => pathOf(one) === path).map(({ method }) => method);
    const taken = (['GET', 'POST'] as const).filter((name) => methods.some((method) => method.toUpperCase() === name));
    router.all(path, takesOnly(...taken));
  }
  const nothing: RequestHandler = (req) => {
    refuseUnallowed(req, apiCallerOf(req, gateway, parts.sessions), 'key', false);
    throw new Refusal(
      404,
      'There is nothing at this address of the API; GET /api/openapi.json describes what there is',
    );
  };
  router.all('/api{/*rest}', nothing);
}

/** As Express writes it. */
function pathOf({ path }: Operation): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** Before a body is read: whoever may not call need not hear what is wrong with it. */
function allowed(one: Operation, gateway: Gateway, { sessions }: ConsoleParts): RequestHandler {
  return (req, _res, next) => {
    refuseUnallowed(req, apiCallerOf(req, gateway, sessions), one.role, one.method === 'post');
    next();
  };
}

function handlerOf(one: Operation, gateway: Gateway, { sessions, statistics }: ConsoleParts): RequestHandler {
  return async (req, res) => {
    const caller = apiCallerOf(req, gateway, sessions);
    refuseUnallowed(req, caller, one.role, one.method === 'post');
    const { signal: gone } = goneController(res);
    const given = { names: { ...req.params }, query: queryOf(req), body: bodyOf(req) };
    const work = (signal: AbortSignal) =>
      one.perform({ gateway, statistics, caller, req, res, signal, operations: apiOperations }, given);
    try {
      const limit = gateway.plan.server.deadlineMs + ANSWERING_MS;
      const answer = await withDeadlineWithin(limit, gone, work);
      if (res.destroyed) return;
      if (answer instanceof FileAnswer) return sendFile(answer, res);
      const told = one.ofCustomers ? answer : withoutSecrets(answer, gateway.plan.secrets);
      send(res, { status: 200, contentType: JSON_TYPE, body: `${JSON.stringify(told)}\n` });
    } catch (error) {
      if (res.destroyed) return;
      if (error instanceof FailedCall) return sendFailure(res, error.failure);
      if (error instanceof DeadlineExceeded) throw new Refusal(504, 'There was not enough time; try again in a minute');
      throw error;
    }
  };
}

function sendFile({ contentType, name, body }: FileAnswer, res: Parameters<typeof send>[0]): void {
  const headers = { 'Content-Disposition': `attachment; filename="${name}"` };
  send(res, { status: 200, contentType, body, headers });
}

/** The last of several values of a name counts; the key is not among them. */
function queryOf(req: Request): object {
  const call = callOf(req);
  return { ...withoutKey(Object.fromEntries(readFields(call.query, 'The address')), call.keys) };
}

function bodyOf(req: Request): unknown {
  const bytes = bytesOf(req);
  if (bytes === undefined || bytes.length === 0) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return value;
  } catch {
    throw new Refusal(400, 'The body of the call is no JSON in UTF-8');
  }
}

/** The same value with every text free of secrets, whoever repeated them. */
function withoutSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0) return value;
  if (typeof value === 'string') return redact(value, secrets);
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutSecrets(item, secrets)]));
}
