/** The console over a real socket, and somebody who has signed in to it. */
import { onTestFinished } from 'vitest';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { ConsolePlan, ConsoleRole, GatewayPlan } from '../../../src/gateway/plan.ts';
import { hashPassword } from '../../../src/http/console/password.ts';
import { listen } from '../../../src/http/listen.ts';
import { type RecordedLog, recordedLog } from '../../support/log.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../../support/plans.ts';

export const PASSWORD = 'correct horse battery';

// A hash takes a while on purpose; one of tests takes less.
const CHEAP = { log2N: 10, r: 8, p: 1 };
let hash: Promise<string> | undefined;

/** A user for each role, by its name. */
export async function usersOf(roles: readonly ConsoleRole[] = ['viewer', 'operator', 'administrator']) {
  hash ??= hashPassword(PASSWORD, CHEAP);
  const password = await hash;
  return roles.map((role) => ({ name: role, role, password }));
}

/** A console that ends with the test. */
export interface RunningConsole {
  readonly url: string;
  readonly gateway: Gateway;
  readonly log: RecordedLog;
  /** A visitor with a cookie jar of his own. */
  visitor(): Visitor;
  /** One who has signed in. */
  signedIn(name: ConsoleRole): Promise<Visitor>;
}

/** @param change of the usual plan, which has one source and one lookup */
export async function startConsole(
  change: (plan: GatewayPlan) => GatewayPlan = (plan) => plan,
  console: Partial<ConsolePlan> = {},
): Promise<RunningConsole> {
  const system = memorySystem([{ customer_id: '12', first_name: 'Bob', email: 'bob@example.com' }]);
  const users = console.users ?? (await usersOf());
  const pages = { proxyUser: undefined, sessionMs: 3_600_000, ...console, users };
  const usual = gatewayPlan([memorySource('customers', system)]);
  // Signing in keeps the deadline, and a busy machine is slow at it.
  const plan = change({ ...usual, server: { ...usual.server, deadlineMs: 30_000 }, console: pages });
  const log = recordedLog();
  const gateway = createGateway(plan, { log });
  const server = await listen(gateway);
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  const visitor = () => new Visitor(server.url);
  return {
    url: server.url,
    gateway,
    log,
    visitor,
    async signedIn(name) {
      const one = visitor();
      await one.signIn(name, PASSWORD);
      return one;
    },
  };
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly text: string;
}

/** A browser without a screen: it keeps cookies, and follows nothing. */
export class Visitor {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();
  /** Sent with every call. */
  readonly headers: Record<string, string> = {};

  constructor(url: string) {
    this.#url = url;
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  keep(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  get(path: string): Promise<Answer> {
    return this.#call(path, {});
  }

  /** A form that the page sends, with what its session gave it. */
  async post(path: string, fields: Readonly<Record<string, string>> = {}, csrf?: string): Promise<Answer> {
    const shown = csrf ?? /name="csrf" value="([^"]+)"/.exec((await this.get('/console/')).text)?.[1] ?? '';
    return await this.send(path, { ...fields, csrf: shown });
  }

  send(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    return this.#call(path, { method: 'POST', body: new URLSearchParams(fields) });
  }

  signIn(name: string, password: string, to = '/console/'): Promise<Answer> {
    return this.send('/console/sign-in', { name, password, to });
  }

  async #call(path: string, init: RequestInit): Promise<Answer> {
    const cookie = Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.headers, ...(cookie !== '' && { cookie }) };
    const answer = await fetch(`${this.#url}${path}`, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const { status } = answer;
    return { status, location: answer.headers.get('location'), headers: answer.headers, text: await answer.text() };
  }
}
