/** A gateway over real sockets, and ways to call it that a well-behaved client has not. */

import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { parseFragment } from 'parse5';
import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import { defineAdapter } from '../../src/contract/index.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import type { AccessPlan, GatewayPlan, ServerPlan, SourcePlan } from '../../src/gateway/plan.ts';
import type { HttpLimits } from '../../src/http/limits.ts';
import { listen, type RunningServer } from '../../src/http/listen.ts';
import { type RecordedLog, recordedLog } from '../support/log.ts';
import { type MemorySystem, memorySystem } from '../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../support/plans.ts';

export const SECRET = 'S3cret/with space+é';
export const OTHER_SECRET = 'another-secret-of-level-2';
export const KEYS = [
  { name: 'helpspot', secret: SECRET },
  { name: 'spare', secret: OTHER_SECRET },
];

/** What a test sets; the rest is as in `plans.ts`. */
export interface Setup {
  readonly access?: Partial<AccessPlan>;
  readonly server?: Partial<ServerPlan>;
  readonly sources?: readonly SourcePlan[];
  readonly limits?: Partial<HttpLimits>;
  readonly plan?: Partial<GatewayPlan>;
}

export interface Running {
  readonly url: string;
  readonly port: number;
  readonly server: RunningServer;
  readonly gateway: Gateway;
  readonly log: RecordedLog;
  readonly system: MemorySystem;
  readonly plan: GatewayPlan;
}

export function planOf(setup: Setup, system: MemorySystem): GatewayPlan {
  const plan = gatewayPlan(setup.sources ?? [memorySource('customers', system)]);
  const access = { ...plan.access, ...setup.access };
  return {
    ...plan,
    access,
    server: { ...plan.server, ...setup.server },
    secrets: access.keys.map(({ secret }) => secret),
    ...setup.plan,
  };
}

/** Starts a gateway that ends with the test. No log line of any test may hold a secret. */
export async function start(setup: Setup = {}): Promise<Running> {
  const system = memorySystem([{ customer_id: '12', first_name: 'Bob', email: 'bob@example.com' }]);
  const plan = planOf(setup, system);
  const log = recordedLog();
  const gateway = createGateway(plan, { log });
  const server = await listen(gateway, setup.limits);
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
    const written = JSON.stringify(log.lines);
    for (const { secret } of plan.access.keys) {
      for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
        expect(written).not.toContain(form);
      }
    }
  });
  return { url: server.url, port: server.address.port, server, gateway, log, system, plan };
}

/** A source whose answers wait for the test. */
export interface Gate {
  readonly source: SourcePlan;
  /** The source has been asked `times` times. */
  asked(times?: number): Promise<void>;
  /** All questions up to now are answered. */
  release(): void;
  /** Signals of the questions, in order. */
  readonly signals: AbortSignal[];
}

export function gatedSource(name = 'slow'): Gate {
  const signals: AbortSignal[] = [];
  const releases: (() => void)[] = [];
  const waiting: { times: number; done: () => void }[] = [];
  const answer = async (signal: AbortSignal) => {
    signals.push(signal);
    for (const { times, done } of waiting) if (signals.length >= times) done();
    await new Promise<void>((resolve, reject) => {
      releases.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };
  const adapter = defineAdapter({
    name: 'gated',
    title: 'Gated',
    settings: z.strictObject({}),
    open: () => ({
      check: ({ signal }) => answer(signal),
      async find(_query, { signal }) {
        await answer(signal);
        return [{ customer_id: '12', first_name: 'Bob' }];
      },
    }),
  });
  return {
    source: memorySource(name, memorySystem(), { adapter }),
    signals,
    asked: (times = 1) =>
      new Promise((done) => {
        if (signals.length >= times) done();
        else waiting.push({ times, done });
      }),
    release: () => {
      for (const release of releases.splice(0)) release();
    },
  };
}

/** What HelpSpot reads: each customer's elements. Throws for XML that is not well-formed. */
export function customersIn(xml: string): Record<string, string>[] {
  const customers: Record<string, string>[] = [];
  const path: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag: SaxesTagNS & { attributes: Record<string, SaxesAttributeNS> }) => {
    path.push(tag.name);
    if (path.length === 2) customers.push({});
  });
  parser.on('text', (text) => {
    const customer = customers.at(-1);
    const name = path[2];
    if (customer !== undefined && name !== undefined) customer[name] = (customer[name] ?? '') + text;
  });
  parser.on('closetag', () => path.pop());
  parser.write(xml).close();
  return customers;
}

/** The words that staff read in an answer that failed; there is nothing else in it. HelpSpot shows values as HTML. */
export function errorIn(xml: string): string {
  const customers = customersIn(xml);
  expect(customers.map((customer) => Object.keys(customer))).toEqual([['lookup_error']]);
  const [only] = parseFragment(customers[0]?.['lookup_error'] ?? '').childNodes;
  if (only === undefined || !('value' in only)) throw new Error(`no plain text: ${xml}`);
  return only.value;
}

/** Opens a connection of its own, which ends with the test at the latest. */
export async function dial(port: number, { allowHalfOpen = false } = {}): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen });
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** Everything that arrives until the other side ends the connection. */
export async function readAll(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** Sends bytes as they are and reads until the gateway closes. */
export async function raw(port: number, bytes: string | Uint8Array): Promise<string> {
  const socket = await dial(port);
  socket.write(bytes);
  return readAll(socket);
}

/** One answer taken apart. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Takes answers apart that follow each other on one connection. All of ours have a Content-Length. */
export function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n');
    const [first = '', ...lines] = rest.subarray(0, end).toString().split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
    );
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.subarray(end + 4, end + 4 + length);
    expect(body.length).toBe(length);
    answers.push({ status: Number(first.split(' ')[1]), headers, body: body.toString() });
    rest = rest.subarray(end + 4 + length);
  }
  return answers;
}

/** The one answer on a connection. */
export function onlyAnswer(text: string): RawAnswer {
  const answers = answersIn(text);
  expect(answers).toHaveLength(1);
  const [answer] = answers;
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

/** A call whose headers are as given; the status, the headers and the body of the answer. */
export function call(running: Running, path: string, headers: Record<string, string> = {}, localAddress = '127.0.0.1') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: running.port, path, headers, localAddress }, async (answer) => {
      const pieces: Buffer[] = [];
      for await (const piece of answer) pieces.push(piece);
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces).toString() });
    });
    sent.on('error', reject);
    sent.end();
  });
}
