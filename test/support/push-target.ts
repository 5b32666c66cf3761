/** A small ticket system over HTTP that can be pushed to, with the faults that real ones have. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A ticket. */
export interface Ticket {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly body: string;
  readonly fields: Readonly<Record<string, string>>;
  /** On the clock of `performance.now()`. Left out: long ago. */
  readonly madeAt?: number;
}

/**
 * What happens to a call that makes a ticket:
 * - `fail`: answers 500 and does nothing;
 * - `cut`: does it, and cuts the connection;
 * - `hang`: does it, and never answers;
 * - `late`: answers after `release()`; `late 503`: that it did nothing;
 * - a status: answers that and does nothing.
 */
export type Fault = 'fail' | 'cut' | 'hang' | 'late' | 'late 503' | 401 | 410 | 422 | 429 | 502 | 503 | undefined;

/** The system. */
export interface PushTarget {
  readonly url: string;
  readonly tickets: Ticket[];
  /** Every call that wanted to make a ticket, by reference, in order. */
  readonly asked: string[];
  /** When each of them came, on the clock of `performance.now()`. */
  readonly askedAt: number[];
  /** The most of them that were under way at once. */
  mostAtOnce: number;
  /** Searches by reference. */
  searches: number;
  /** So late a new ticket appears in searches; by its id it is there at once. Milliseconds. */
  searchLagMs: number;
  /** Questions for one ticket. */
  questions: number;
  /** Decides for the n-th call, from 1. */
  fault: (call: number) => Fault;
  /** What it says to a 422. */
  said: string;
  /** The system makes one ticket of calls with the same reference. */
  idempotent: boolean;
  /** Ids are that. */
  idOf: (number: number) => string;
  /** Cuts every connection without doing anything: nothing gets an answer, searches neither. */
  down: boolean;
  /** Lets `late` answers go. */
  release(): void;
  close(): Promise<void>;
}

/** Starts the system on a free port of this machine. */
export async function startPushTarget(): Promise<PushTarget> {
  const server = createServer((request, response) => {
    void answer(target, held, request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port }: AddressInfo = addressOf(server.address());
  const held: (() => void)[] = [];
  const target: PushTarget = {
    url: `http://127.0.0.1:${port}`,
    tickets: [],
    asked: [],
    askedAt: [],
    mostAtOnce: 0,
    searches: 0,
    searchLagMs: 0,
    questions: 0,
    said: '',
    fault: () => undefined,
    idempotent: false,
    idOf: String,
    down: false,
    release: () => {
      for (const go of held.splice(0)) go();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return target;
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('no TCP server');
  return address;
}

async function answer(
  target: PushTarget,
  held: (() => void)[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://x');
  if (target.down) {
    request.socket.destroy();
    return;
  }
  if (request.method === 'POST') return counted(target, () => make(target, held, request, response));
  const id = /^\/tickets\/(.+)$/.exec(url.pathname)?.[1];
  if (id === undefined) {
    target.searches += 1;
    const visible = target.tickets.filter(
      ({ madeAt = 0 }) => madeAt === 0 || performance.now() >= madeAt + target.searchLagMs,
    );
    const found = visible.find((ticket) => ticket.reference === url.searchParams.get('reference'));
    json(response, 200, found ?? null);
  } else {
    target.questions += 1;
    const found = target.tickets.find((ticket) => ticket.id === decodeURIComponent(id));
    json(response, found === undefined ? 404 : 200, found ?? null);
  }
}

const underWay = new WeakMap<PushTarget, number>();

async function counted(target: PushTarget, work: () => Promise<void>): Promise<void> {
  const count = (more: number) => {
    const now = (underWay.get(target) ?? 0) + more;
    underWay.set(target, now);
    target.mostAtOnce = Math.max(target.mostAtOnce, now);
  };
  target.askedAt.push(performance.now());
  count(1);
  try {
    await work();
  } finally {
    count(-1);
  }
}

async function make(
  target: PushTarget,
  held: (() => void)[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const { reference, title, body, fields } = JSON.parse(Buffer.concat(pieces).toString('utf8'));
  target.asked.push(reference);
  const fault = target.fault(target.asked.length);
  if (fault === 'late 503') {
    await new Promise<void>((go) => held.push(go));
    return json(response, 503, {});
  }
  if (fault === 'fail' || typeof fault === 'number') {
    return json(
      response,
      fault === 'fail' ? 500 : fault,
      { error: target.said },
      fault === 429 ? { 'Retry-After': '1' } : {},
    );
  }
  let ticket = target.idempotent ? target.tickets.find((one) => one.reference === reference) : undefined;
  if (ticket === undefined) {
    ticket = { id: target.idOf(target.tickets.length + 1), reference, title, body, fields, madeAt: performance.now() };
    target.tickets.push(ticket);
  }
  if (fault === 'late') await new Promise<void>((go) => held.push(go));
  if (fault === 'cut') request.socket.destroy();
  else if (fault !== 'hang') json(response, 201, { id: ticket.id });
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
