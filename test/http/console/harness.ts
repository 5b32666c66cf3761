/** The console over a real socket: for one test, or for a file of them. */
import { onTestFinished } from 'vitest';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { ConsolePlan, ConsoleRole, GatewayPlan } from '../../../src/gateway/plan.ts';
import { listen } from '../../../src/http/listen.ts';
import { type RecordedLog, recordedLog } from '../../support/log.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../../support/plans.ts';
import { consoleOfRoles, type FormFields, type Page, Visitor } from './visitor.ts';

/** The header in which the tests' proxy says who calls, where nobody has to sign in. */
const PROXY_USER = 'x-forwarded-user';

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
  const usual = gatewayPlan([memorySource('customers', system)]);
  // Signing in keeps the deadline, and a busy machine is slow at it.
  const server = { ...usual.server, deadlineMs: 30_000 };
  const running = await started(change({ ...usual, server, console: { ...consoleOfRoles(), ...console } }));
  onTestFinished(running.close);
  const { url, gateway, log } = running;
  return {
    url,
    gateway,
    log,
    visitor: () => new Visitor(url),
    signedIn: (name) => Visitor.signIn(url, name),
  };
}

/** A gateway with a console for one file of tests, which a proxy vouches for whoever calls. Users are called as their roles. */
export async function consoleGateway(plan: GatewayPlan) {
  const { users, sessionMs } = consoleOfRoles();
  const server = { ...plan.server, trustProxy: ['127.0.0.1'] };
  const running = await started({ ...plan, server, console: { users, sessionMs, proxyUser: PROXY_USER } });
  const visitors = new Map<ConsoleRole, Visitor>();
  const visitorOf = (role: ConsoleRole) => {
    const visitor = visitors.get(role) ?? new Visitor(running.url);
    visitor.headers[PROXY_USER] = role;
    visitors.set(role, visitor);
    return visitor;
  };
  return {
    url: running.url,
    log: running.log,
    page(path: string, role: ConsoleRole = 'viewer', language = 'en'): Promise<Page> {
      return visitorOf(role).get(`/console/${path}`, { 'accept-language': language });
    },
    /** What comes of a form that was filled in. */
    sent(path: string, filled: FormFields, role: ConsoleRole = 'viewer', csrf?: string): Promise<Page> {
      return visitorOf(role).post(`/console/${path}`, filled, csrf);
    },
    close: running.close,
  };
}

async function started(plan: GatewayPlan) {
  const log = recordedLog();
  const gateway = createGateway(plan, { log });
  const server = await listen(gateway);
  const close = async () => {
    await server.close();
    await gateway.close();
  };
  return { url: server.url, gateway, log, close };
}
