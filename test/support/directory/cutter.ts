/** A TCP proxy in front of a server, for the ways in which a network fails. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { lastingPort } from '../sql/restart.ts';

/** Where connections go. */
export interface CutterTarget {
  readonly host: string;
  readonly port: number;
}

/** Put {@link Cutter.host} and {@link Cutter.port} in place of the server's. */
export interface Cutter {
  readonly host: string;
  readonly port: number;
  /** Connections that were accepted so far. */
  readonly accepted: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Bytes that have come from the server so far. */
  readonly answered: number;
  /** Breaks what is open, now (RST). New connections work. */
  cut(): void;
  /** Once: whichever connection gets the n-th byte of answers from now on ends behind it. At least 1. */
  cutAfter(bytes: number): void;
  /** Once: the next answer to what a client has sent is thrown away, and its connection breaks; so many answers pass before. */
  loseAnswer(passing?: number): void;
  /** Connections are accepted and kept, and nothing passes in either direction until {@link restore}. */
  silence(): void;
  /** Breaks what is open, and refuses what comes, until {@link restore}. */
  refuse(): Promise<void>;
  /** Forwards again, what was held back too. */
  restore(): Promise<void>;
  stop(): Promise<void>;
}

/** Where every cutter listens; a server's certificate must name it too. */
export const CUTTER_HOST = '127.0.0.1';

/** Starts one on a free port of 127.0.0.1. */
export async function startCutter(target: CutterTarget): Promise<Cutter> {
  const cutter = new TcpCutter(target, await lastingPort(CUTTER_HOST));
  await cutter.restore();
  return cutter;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  /** The client has sent something, and nothing came back yet. */
  waits: boolean;
}

class TcpCutter implements Cutter {
  readonly host = CUTTER_HOST;
  readonly port: number;
  readonly #target: CutterTarget;
  readonly #pairs = new Set<Pair>();
  #server: Server | undefined;
  #accepted = 0;
  #answered = 0;
  #bytesLeft = Number.POSITIVE_INFINITY;
  /** Answers that pass before one is lost. */
  #answersLeft = Number.POSITIVE_INFINITY;
  #silent = false;

  constructor(target: CutterTarget, port: number) {
    this.#target = target;
    this.port = port;
  }

  get accepted(): number {
    return this.#accepted;
  }
  get open(): number {
    return this.#pairs.size;
  }
  get answered(): number {
    return this.#answered;
  }

  cut(): void {
    for (const pair of this.#pairs) breakPair(pair);
  }

  cutAfter(bytes: number): void {
    this.#bytesLeft = bytes;
  }

  loseAnswer(passing = 0): void {
    this.#answersLeft = passing;
  }

  silence(): void {
    this.#silent = true;
    for (const { client, upstream } of this.#pairs) {
      client.pause();
      upstream.pause();
    }
  }

  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = server === undefined ? undefined : new Promise((resolve) => server.close(resolve));
    this.cut();
    await closed;
  }

  async restore(): Promise<void> {
    this.#silent = false;
    for (const { client, upstream } of this.#pairs) {
      client.resume();
      upstream.resume();
    }
    this.#server ??= await this.#listen();
  }

  async stop(): Promise<void> {
    await this.refuse();
  }

  async #listen(): Promise<Server> {
    const server = createServer((client) => this.#forward(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      // The same port again after `refuse`.
      server.listen(this.port, CUTTER_HOST, resolve);
    });
    return server;
  }

  #forward(client: Socket): void {
    this.#accepted += 1;
    const upstream = connect(this.#target);
    const pair = { client, upstream, waits: false };
    this.#pairs.add(pair);
    client.on('data', (chunk) => {
      pair.waits = true;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => this.#answer(pair, chunk));
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
    for (const socket of [client, upstream]) {
      socket.on('error', () => breakPair(pair));
      socket.on('close', () => {
        if (client.closed && upstream.closed) this.#pairs.delete(pair);
      });
    }
    if (this.#silent) {
      client.pause();
      upstream.pause();
    }
  }

  #answer(pair: Pair, chunk: Buffer): void {
    if (pair.waits) {
      pair.waits = false;
      if (this.#answersLeft === 0) {
        this.#answersLeft = Number.POSITIVE_INFINITY;
        breakPair(pair);
        return;
      }
      this.#answersLeft -= 1;
    }
    const passed = chunk.subarray(0, this.#bytesLeft);
    this.#answered += passed.length;
    this.#bytesLeft -= passed.length;
    if (this.#bytesLeft > 0) {
      pair.client.write(passed);
      return;
    }
    this.#bytesLeft = Number.POSITIVE_INFINITY;
    pair.upstream.destroy();
    // Not a reset, which would throw away what the client has not read yet.
    pair.client.write(passed, () => pair.client.destroy());
  }
}

function breakPair({ client, upstream }: Pair): void {
  client.resetAndDestroy();
  upstream.destroy();
}
