/** A call from its address to its answer (manual, chapters 4.2 and 4.3). */
import type { Received, Reply } from '../http/stand-in.ts';
import { signedIn } from './access.ts';
import { type Answer, fields, list, replyOf } from './answer.ts';
import type { Call, House, LoggedCall, Method, Methods, PrivateCall } from './call.ts';
import { apiError, Refusal, refused } from './failures.ts';
import { KNOWLEDGE } from './knowledge.ts';
import { LISTS } from './lists.ts';
import { loggable, type Parameters, parametersOf, textOf } from './parameters.ts';
import { PUBLIC_REQUESTS } from './public.ts';
import { READING } from './reading.ts';
import { TIME_EVENTS } from './time-events.ts';
import { WRITING } from './writing.ts';

/** The address of the API, below that of the installation. */
export const API_PATH = '/api/index.php';

const PRIVATE: Methods<PrivateCall> = { ...READING, ...LISTS, ...WRITING, ...TIME_EVENTS };
const PUBLIC: Methods<Call> = { ...PUBLIC_REQUESTS, ...KNOWLEDGE };

/** A gateway never calls these: they throw things away, or have to do with customers' passwords. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  ...['private.request.markTrash', 'private.request.markSpam', 'private.request.merge'],
  ...['private.request.deleteTimeEvent', 'private.addressbook.deleteContact', 'private.addressbook.deletedContact'],
  ...['private.customer.setPasswordByEmail', 'private.customer.getPasswordByEmail', 'customer.getRequests'],
]);

/** A call as it came: noted down, not yet answered. */
export interface Arrived {
  readonly logged: LoggedCall;
  readonly parameters: Parameters;
  readonly output: 'xml' | 'json';
}

/** Reads a call and notes it down; undefined where no API is. */
export async function arrived(house: House, request: Received): Promise<Arrived | undefined> {
  if (request.path !== API_PATH || !['GET', 'POST'].includes(request.method)) return undefined;
  const parameters = await parametersOf(request);
  const method = textOf(parameters, 'method');
  const output = textOf(parameters, 'output');
  const logged: LoggedCall = {
    ...{ method, http: request.method, output, parameters: loggable(parameters), xPerson: undefined },
    at: performance.now(),
  };
  house.calls.push(logged);
  if (FORBIDDEN.has(method)) house.scandals.push(method);
  for (const name of ['username', 'password', 'sPassword']) {
    if (parameters.inAddress.has(name)) house.scandals.push(`${name} in the address of ${method}`);
  }
  return { logged, parameters, output: output === 'json' ? 'json' : 'xml' };
}

/** The reply to a call. */
export function replyTo(house: House, request: Received, came: Arrived): Reply {
  try {
    return replyOf(answerTo(house, request, came), came.output, house.json);
  } catch (error) {
    if (error instanceof Refusal) return refusalReply(house, error, came.output);
    if (error instanceof NotEnabled)
      return replyOf({ root: 'reply', content: error.reply }, came.output, house.json, 400);
    throw error;
  }
}

/** "Errors always return a 400": one error or several. */
export function refusalReply(house: House, { errors }: Refusal, output: Arrived['output']): Reply {
  const contents = errors.map(({ id, description }) => fields({ id, description }));
  return replyOf({ root: 'errors', content: [list('error', contents)] }, output, house.json, 400);
}

function answerTo(house: House, request: Received, came: Arrived): Answer {
  const { logged, parameters } = came;
  const { method } = logged;
  const isPrivate = method.startsWith('private.');
  if (house.mode === 'trial-over') throw refused(301);
  if (house.mode === 'maintenance') throw refused(302);
  if (isPrivate ? !house.privateApi : !house.publicApi) throw new NotEnabled(isPrivate ? 'Private' : 'Public');
  const origin = `${request.url.protocol}//${request.url.host}`;
  const call: Call = { house, parameters, origin, logged };
  if (!isPrivate) return asked(PUBLIC, call, request.method);
  const person = signedIn(house, request, parameters);
  logged.xPerson = person.xPerson;
  return asked(PRIVATE, { ...call, person }, request.method);
}

function asked<C extends Call>(methods: Methods<C>, call: C, http: string): Answer {
  const name = call.logged.method;
  if (name === 'private.customer.getPasswordByEmail') throw refused(303);
  const method: Method<C> | undefined = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) throw refused(201);
  // What is made comes with a POST (manual, 4.1): of a GET, such a method reads nothing.
  const isRead = method.http === 'GET' || http === 'POST';
  const parameters: Parameters = isRead ? call.parameters : { values: new Map(), inAddress: new Set() };
  const missing = (method.required ?? []).filter((required) => !isGiven(parameters, required));
  if (missing.length > 0) throw new Refusal(missing.map((required) => apiError(101, required)));
  return method.answer({ ...call, parameters });
}

function isGiven({ values }: Parameters, name: string): boolean {
  const value = values.get(name);
  return typeof value === 'string' ? value.trim() !== '' : value !== undefined && value.length > 0;
}

/** `<reply>Private API not enabled</reply>`, with status 400 as every error. */
class NotEnabled extends Error {
  readonly reply: string;
  constructor(type: string) {
    super();
    this.reply = `${type} API not enabled`;
  }
}
