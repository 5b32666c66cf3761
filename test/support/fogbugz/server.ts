/**
 * A FogBugz to talk to, with both of its APIs. It follows the vendor's pages (the address is above each part), refuses
 * what FogBugz refuses with its error numbers, and keeps the cases that were made.
 */
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';
import { type Call, Desk, type FogBugzFailure, type MadeCase } from './desk.ts';
import { type Result, toJson, toXml } from './languages.ts';

/** The account that may log on. */
export const FOGBUGZ_ACCOUNT = { email: 'gateway@example.com', password: 'logon-password-7' } as const;
/** A token that staff made for the gateway. */
export const FOGBUGZ_TOKEN = 'tok3n-of-the-gateway';

/** A FogBugz that is running. */
export interface FogBugzStandIn {
  readonly url: string;
  /** What a source needs beside `adapter: fogbugz`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The cases, in the order in which they were made. */
  readonly made: readonly MadeCase[];
  /** Faults and what was received. */
  readonly http: StandIn;
  /** The rules of the house: projects, people, tokens. */
  readonly desk: Desk;
  close(): Promise<void>;
}

/** Options of {@link startFogBugz}. */
export interface FogBugzOptions {
  readonly api?: 'xml' | 'json';
  readonly version?: number;
  readonly minVersion?: number;
  /** What api.xml says of where the commands go. */
  readonly apiUrl?: string;
}

/** Starts it on a free port. */
export async function startFogBugz(options: FogBugzOptions = {}): Promise<FogBugzStandIn> {
  const { api = 'xml' } = options;
  const desk = new Desk(FOGBUGZ_TOKEN, FOGBUGZ_ACCOUNT);
  const http = await startStandIn((request) => route(request, desk, options));
  const settings = { url: http.url, token: FOGBUGZ_TOKEN, api };
  return { url: http.url, settings, made: desk.cases, http, desk, close: () => http.close() };
}

async function route(request: Received, desk: Desk, options: FogBugzOptions): Promise<Reply> {
  const { method, path } = request;
  if (method === 'GET' && path === '/api.xml') return apiXml(options);
  if (method === 'POST' && path === '/api.asp') return xml(toXml(resultOf(desk, await formCall(request))));
  if (method === 'POST' && path === '/f/api/0/jsonapi') return { body: toJson(resultOf(desk, jsonCall(request))) };
  return { status: 404, headers: { 'content-type': 'text/html' }, body: '<html><title>404 - Not Found</title></html>' };
}

/** http://help.fogcreek.com/8202/xml-api, "Checking the API Version and location" */
function apiXml({ version = 8, minVersion = 1, apiUrl = 'api.asp?' }: FogBugzOptions): Reply {
  return xml(
    `<?xml version="1.0" encoding="UTF-8"?><response><version>${version}</version>` +
      `<minversion>${minVersion}</minversion><url>${apiUrl.replaceAll('&', '&amp;')}</url></response>`,
  );
}

function xml(body: string): Reply {
  return { headers: { 'content-type': 'text/xml; charset=utf-8' }, body };
}

function resultOf(desk: Desk, call: Call | FogBugzFailure): Result {
  if ('code' in call) return { failure: call };
  const outcome = desk.do(call);
  return 'code' in outcome ? { failure: outcome } : { ...outcome, call };
}

/** "Requests can use either GET or POST. If submitting files, you must use POST with enctype="multipart/form-data"." */
async function formCall(request: Received): Promise<Call> {
  // With a token in the address it would be in every log on the way.
  if (request.query.has('token') || request.query.has('cmd')) throw new Error('arguments came in the address');
  const type = request.headers['content-type'] ?? '';
  const form = await new Response(new Uint8Array(request.body), { headers: { 'content-type': type } }).formData();
  const params: Record<string, string> = {};
  const files: Call['files'][number][] = [];
  for (const [name, value] of form) {
    if (typeof value === 'string') params[name] = value;
    else files.push({ part: name, name: value.name, type: value.type, bytes: Buffer.from(await value.arrayBuffer()) });
  }
  if (files.length > 0 && params['nFileCount'] !== String(files.length)) throw new Error('nFileCount is wrong');
  return callOf(params, files);
}

/**
 * https://support.fogbugz.com/hc/en-us/articles/360011343853-Using-JSON-with-the-FogBugz-API: no parameters in the
 * address, lists as arrays, ix… as integers, f… as booleans.
 */
function jsonCall(request: Received): Call | FogBugzFailure {
  if (request.url.search !== '') return { code: '10', message: 'The POST must contain no parameters' };
  const given: unknown = request.json();
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(Object(given))) {
    if (/^ix[A-Z]/.test(name) && !Number.isInteger(value)) return { code: '10', message: `${name} must be an integer` };
    if (/^f[A-Z]/.test(name) && typeof value !== 'boolean') return { code: '10', message: `${name} must be a boolean` };
    if (/^(cols|sTags)$/.test(name) && !Array.isArray(value))
      return { code: '10', message: `${name} must be an array` };
    params[name] = Array.isArray(value)
      ? value.join(',')
      : typeof value === 'boolean'
        ? value
          ? '1'
          : '0'
        : String(value);
  }
  return callOf(params, []);
}

function callOf({ cmd = '', token, cols, ...params }: Record<string, string>, files: Call['files']): Call {
  return { cmd, token, cols: cols === undefined || cols === '' ? [] : cols.split(','), params, files };
}
