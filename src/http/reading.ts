/** Bodies become what HelpSpot sent in them: here when that is little work, in a worker thread when it is much. */
import { DeadlineExceeded, SourceError, withDeadlineWithin } from '../contract/index.ts';
import { jsonPushIn, type ReadPush, type SentJson } from '../gateway/push/json-push.ts';
import { formIn, type Reading, type SentWebhook, webhookIn } from '../helpspot/large-requests.ts';
import type { Parameters } from '../helpspot/parameters.ts';
import { type PushedRequest, UnreadableRequest } from '../helpspot/pushed-request.ts';
import { inThread, type ThreadTask } from '../kit/threads/index.ts';
import { bytesReadAtOnce, fieldsReadAtOnce } from './limits.ts';
import { Refusal } from './refusal.ts';

/** How long it may take, in milliseconds, and what ends it before. */
export interface ReadingTime {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** The parameters of a form. @throws {Refusal} when they cannot be read in time */
export async function readForm(body: Uint8Array, time: ReadingTime): Promise<Parameters> {
  return withoutPrototype(await read(READERS, formIn, body, isMuchForm(body), time));
}

/** A pushed request. @throws {UnreadableRequest} @throws {Refusal} when it cannot be read in time */
export async function readPush(sent: SentJson, time: ReadingTime): Promise<ReadPush> {
  const done = await read(PUSH, jsonPushIn, sent, sent.body.length > bytesReadAtOnce, time);
  return { ...done, request: asRead(done.request) };
}

/** The request of a webhook. @throws {UnreadableRequest} @throws {Refusal} when it has too many fields, or cannot be read in time */
export async function readWebhookCall(sent: SentWebhook, time: ReadingTime): Promise<PushedRequest> {
  return asRead(await read(READERS, webhookIn, sent, sent.form !== undefined && isMuchForm(sent.form), time));
}

const AMPERSAND = 0x26;

/** Whether a form is so long, or has so many fields, that it is read in a thread. */
function isMuchForm(form: Uint8Array): boolean {
  return form.length > bytesReadAtOnce || hasMoreFields(form, fieldsReadAtOnce);
}

/** Whether a form has more fields, empty ones too. */
export function hasMoreFields(form: Uint8Array, most: number): boolean {
  let fields = 1;
  for (let at = form.indexOf(AMPERSAND); at >= 0 && fields <= most; at = form.indexOf(AMPERSAND, at + 1)) {
    fields += 1;
  }
  return fields > most;
}

/** Where the functions are that are called in a thread. */
const READERS = 'src/helpspot/large-requests';
const PUSH = 'src/gateway/push/json-push';

async function read<Input, Value>(
  module: string,
  run: (input: Input) => Reading<Value>,
  input: Input,
  isMuch: boolean,
  time: ReadingTime,
): Promise<Value> {
  const done = isMuch ? await elsewhere(module, run, input, time) : run(input);
  if (done.unreadable === undefined) return done.value;
  throw done.kind === 'too-many' ? new Refusal(413, done.unreadable) : new UnreadableRequest(done.unreadable);
}

async function elsewhere<Input, Value>(
  module: string,
  run: (input: Input) => Reading<Value>,
  input: Input,
  { deadlineMs, signal }: ReadingTime,
): Promise<Reading<Value>> {
  const task: ThreadTask<typeof run> = { module, name: run.name };
  try {
    return await withDeadlineWithin(deadlineMs, signal, (limited) => inThread(task, input, limited));
  } catch (error) {
    if (!(error instanceof SourceError || error instanceof DeadlineExceeded)) throw error;
    const words = 'The gateway is too busy to read a call of this size, so it did nothing with it';
    throw new Refusal(503, `${words}; try again in a minute`);
  }
}

/** What comes out of another thread has one. */
function withoutPrototype(named: Parameters): Parameters {
  return Object.assign(Object.create(null), named);
}

function asRead({ fields, notes }: PushedRequest): PushedRequest {
  return { fields: withoutPrototype(fields), notes };
}
