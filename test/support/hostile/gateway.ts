/** A gateway in a process of its own, with a probe in it, and somebody who looks customers up all the while. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';

/** As often a customer is looked up. */
const EVERY_MS = 50;
/** What a call may take that has no deadline of the gateway: one that is refused before it is read. */
const LONGEST_MS = 60_000;

/**
 * How the process did since it was last asked: the longest time for which its event loop came to nothing else, and that
 * which it had of a processor meanwhile, which other programs do not lengthen (0 where nothing tells it: Linux does); the
 * memory that it took.
 */
const figuresShape = z.object({ blockedMs: z.number(), busyMs: z.number(), megabytes: z.number() });
export type Figures = z.infer<typeof figuresShape>;

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What is sent. */
export interface Call {
  readonly path: string;
  /** With a body it is a POST. */
  readonly body?: string | Buffer;
  readonly type?: string;
}

export class HostileGateway {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #log: () => string;

  private constructor(url: string, child: ChildProcess, log: () => string) {
    this.url = url;
    this.#child = child;
    this.#log = log;
  }

  /**
   * @param root of the project, which has been built
   * @param folder where its files go
   * @param configuration in which `default` finds Bob, as {@link hostileConfiguration}
   */
  static async start(root: string, folder: string, configuration: string): Promise<HostileGateway> {
    const config = join(folder, 'gateway.yaml');
    await writeFile(join(folder, 'people.csv'), 'customer_id,email\n1,bob@example.com\n2,eve@example.com\n');
    await writeFile(config, configuration);
    const probe = pathToFileURL(join(root, 'test/support/hostile/probe.js')).href;
    const args = ['--import', probe, join(root, 'bin/helpspot-gateway'), 'serve', `--config=${config}`];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let out = '';
    let log = '';
    child.stderr?.on('data', (chunk) => (log = `${log}${chunk}`.slice(-20_000)));
    const url = await new Promise<string>((done, fail) => {
      child.stdout?.on('data', (chunk) => {
        out += chunk;
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(out);
        if (found !== null) done(found[0]);
      });
      child.once('exit', () => fail(new Error(`the gateway ended by itself:\n${log}`)));
    });
    return new HostileGateway(url, child, () => log);
  }

  /** Of the last minute of its life. */
  get log(): string {
    return this.#log();
  }

  async figures(): Promise<Figures> {
    this.#child.send('figures');
    const [figures] = await once(this.#child, 'message');
    return figuresShape.parse(figures);
  }

  /** @throws when the answer does not end within a minute */
  call(call: Call, agent?: Agent): Promise<Answer> {
    const { path, body, type } = call;
    const signal = AbortSignal.timeout(LONGEST_MS);
    return new Promise((done, fail) => {
      const sent = request(`${this.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: body === undefined ? {} : { 'content-type': type ?? 'application/json' },
        signal,
        ...(agent === undefined ? {} : { agent }),
      });
      sent.on('error', (error) => {
        // The gateway ends what is idle when it needs the room, and a call may just be on its way.
        if (agent !== undefined && sent.reusedSocket && !signal.aborted) this.call(call).then(done, fail);
        else fail(error);
      });
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () =>
          done({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      sent.end(body);
    });
  }

  /**
   * Looks a customer up every {@link EVERY_MS} while `work` goes on.
   * @returns what the work gave, and the longest that a lookup took, in milliseconds
   */
  async beside<Value>(work: () => Promise<Value>): Promise<{ readonly value: Value; readonly longestMs: number }> {
    const agent = new Agent({ keepAlive: true });
    const waiting = new Set<Promise<void>>();
    let longestMs = 0;
    let failure: unknown;
    const look = async () => {
      const start = performance.now();
      const { status, text } = await this.call({ path: '/livelookup?customer_id=1' }, agent);
      longestMs = Math.max(longestMs, performance.now() - start);
      if (status !== 200 || !text.includes('bob@example.com')) throw new Error(`a lookup came to ${status}: ${text}`);
    };
    const timer = setInterval(() => {
      const looked = look().catch((error) => {
        failure ??= error;
      });
      waiting.add(looked);
      void looked.then(() => waiting.delete(looked));
    }, EVERY_MS);
    try {
      const value = await work();
      await Promise.all(waiting);
      if (failure !== undefined) throw failure;
      return { value, longestMs };
    } finally {
      clearInterval(timer);
      agent.destroy();
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

/** @param standIn the address of the system that the gateway asks and pushes to */
export function hostileConfiguration(standIn: string): string {
  return `
server: { port: 0, deadline: 5s }
access: { ratePerMinute: 0 }
store: { file: gateway.db }
sources:
  people: { adapter: csv, file: people.csv }
  xml: { adapter: http, url: "${standIn}/{{customer_id}}", format: xml, records: //a, verify: false }
  xpath: { adapter: http, url: "${standIn}/{{customer_id}}", format: xml, records: "//a[n]", verify: false }
  jsonpath: { adapter: http, url: "${standIn}/{{customer_id}}", records: "$..a", verify: false }
  json: { adapter: http, url: "${standIn}/{{customer_id}}", verify: false }
  hook: { adapter: webhook, url: "${standIn}/hook" }
  markdown: { adapter: webhook, url: "${standIn}/hook", bodyFormat: markdown }
lookups:
  default: { sources: [people], match: [customer_id] }
  xml: { sources: [xml], match: [customer_id] }
  xpath: { sources: [xpath], match: [customer_id] }
  jsonpath: { sources: [jsonpath], match: [customer_id] }
  json: { sources: [json], match: [customer_id] }
  html: { sources: [json], match: [customer_id], fields: { note: { from: note, html: true } } }
  many: { sources: [json], match: [customer_id], fields: { a: note, b: note, c: note, d: note, e: note, f: note } }
push:
  Text: { source: hook, mode: direct, body: "{{note}}" }
  Markdown: { source: markdown, mode: direct, body: "{{note}}" }
  Queued: { source: hook, mode: queued, body: "{{note}}" }
webhooks:
  rule: { push: [Queued] }
`;
}
