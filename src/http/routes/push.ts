/**
 * `POST /push/NAME` takes a request, `GET /push/NAME/details?id=…` says how it stands (manual, chapter 2.2); for other
 * programs, which cannot read that page, `GET /push/NAME?id=…` says it as JSON.
 */
import type { ServerResponse } from 'node:http';
import type { IRouter, Request, RequestHandler } from 'express';
import { entryOfUnknown } from '../../gateway/audit/call-entry.ts';
import type { AuditKind } from '../../gateway/audit/entry.ts';
import type { CallOptions } from '../../gateway/call.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Failure } from '../../gateway/outcome.ts';
import { idempotencyKeyMistake } from '../../gateway/push/once.ts';
import { LONGEST_PUSH_ID, type PushStanding } from '../../gateway/push/outcome.ts';
import { unknownName } from '../../gateway/unknown-name.ts';
import { writeDetails } from '../../helpspot/details-html.ts';
import { parseQuery } from '../../helpspot/parameters.ts';
import { keyRequired } from '../access.ts';
import { bytesOf, pushedJson } from '../body.ts';
import { callOf, callOptions } from '../call.ts';
import { goneController } from '../gone.ts';
import { readPush } from '../reading.ts';
import { Refusal, takesOnly } from '../refusal.ts';
import { jsonRefusal } from '../refusal-formats.ts';
import { HTML, JSON_TYPE, retryHeaders, send } from '../send.ts';

/**
 * Request Push over HTTP. A push answers 200 with `{"id": "…"}`, or `{"error": "…"}` with a status that says the same. One that
 * came by the mapping of its target answers `{"id", "status", "link"}`, with 202 while it is not out yet.
 * Details answer 200 with a fragment of HTML; anything else is an error as above.
 */
export function requestPush(router: IRouter, gateway: Gateway): void {
  // Before the body is looked at: whoever has the wrong address need not hear what is wrong with what was sent there.
  const known =
    (kind: AuditKind): RequestHandler<{ name: string }> =>
    (req, _res, next) => {
      refuseUnknown(
        gateway,
        { what: 'push target', kind, known: gateway.plan.push },
        req.params.name,
        callOptions(callOf(req)),
      );
      next();
    };

  const push: RequestHandler<{ name: string }> = async (req, res) => {
    const { deadlineMs } = gateway.plan.server;
    const { name: target } = req.params;
    const named = keyNamedIn(req);
    const mapping = gateway.plan.push.get(target)?.json;
    const sent = { body: bytesOf(req) ?? new Uint8Array(), target, mapping };
    const { request, isMapped, idempotencyKey } = await readPush(sent, { deadlineMs });
    const call = { target, request, idempotencyKey: named ?? (idempotencyKey === '' ? undefined : idempotencyKey) };
    // Not ended when the caller hangs up: what is under way would be done or not, and nobody would know.
    const outcome = await gateway.push(call, callOptions(callOf(req)));
    if (outcome.failure !== undefined) return sendFailure(res, outcome.failure);
    const status = isMapped && outcome.state !== 'done' ? 202 : 200;
    sendJson(res, status, isMapped ? written(outcome) : { id: outcome.id });
  };

  const standing: RequestHandler<{ name: string }> = async (req, res) => {
    const id = idIn(req, '/push/NAME?id=ID');
    const options = { ...callOptions(callOf(req)), controller: goneController(res) };
    const outcome = await gateway.pushStanding({ target: req.params.name, id }, options);
    if (outcome.failure !== undefined) return sendFailure(res, outcome.failure);
    const { reason } = outcome;
    sendJson(res, 200, { ...written(outcome), ...(reason !== undefined && { reason }) });
  };

  const details: RequestHandler<{ name: string }> = async (req, res) => {
    const call = callOf(req);
    const id = idIn(req, '/push/NAME/details?id=ID');
    const options = { ...callOptions(call), controller: goneController(res) };
    const outcome = await gateway.pushDetails({ target: req.params.name, id }, options);
    if (outcome.failure !== undefined) return sendFailure(res, outcome.failure);
    send(res, { status: 200, contentType: HTML, body: writeDetails(outcome.view) });
  };

  const unnamed: RequestHandler = () => {
    throw new Refusal(404, 'The address names no push target; write /push/NAME or /push/NAME/details?id=ID');
  };

  router.use('/push', keyRequired);
  router.get('/push', unnamed);
  router.post('/push', unnamed);
  router.get('/push/:name', known('details'), standing);
  router.post('/push/:name', known('push'), pushedJson, push);
  router.get('/push/:name/details', known('details'), details);
  router.post('/push/:name/details', takesOnly('GET'));
  router.all(['/push', '/push/:name', '/push/:name/details'], takesOnly('POST', 'GET'));
}

/** What a caller calls the push: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
function keyNamedIn(req: Request<{ name: string }>): string | undefined {
  const key = req.get('Idempotency-Key')?.trim();
  const mistake = key === undefined ? undefined : idempotencyKeyMistake(key);
  if (mistake !== undefined) throw new Refusal(400, `The header Idempotency-Key ${mistake}`);
  return key;
}

function idIn(req: Request<{ name: string }>, address: string): string {
  const { id = '' } = parseQuery(callOf(req).query);
  if (id === '') throw new Refusal(400, `The address names no pushed request; write ${address}`);
  if (id.length > LONGEST_PUSH_ID) {
    throw new Refusal(400, `No id of a pushed request is longer than ${LONGEST_PUSH_ID} characters`);
  }
  return id;
}

/** A push as programs read it; what is not known is left out. */
function written({ id, state, link }: PushStanding): object {
  return { id, status: state, ...(link !== undefined && { link }) };
}

function sendJson(res: ServerResponse, status: number, value: object): void {
  send(res, { status, contentType: JSON_TYPE, body: `${JSON.stringify(value)}\n` });
}

/** A name that the configuration does not have. The audit has it, as that of a call that came further. */
export function refuseUnknown(
  { audit }: Gateway,
  { what, kind, known }: { what: string; kind: AuditKind; known: ReadonlyMap<string, unknown> },
  name: string,
  options: CallOptions,
): void {
  if (known.has(name)) return;
  const { words, shown } = unknownName(what, name, [...known.keys()]);
  audit.record(entryOfUnknown(kind, shown, options));
  throw new Refusal(404, words);
}

/** Writes a failure of the gateway, which has logged it, in its words and with its status. */
export function sendFailure(res: ServerResponse, failure: Failure): void {
  const { contentType, write } = jsonRefusal;
  send(res, { status: failure.status, contentType, body: write(failure.message), headers: retryHeaders(failure) });
}
