/** A gateway with everything that the API tells of, and those who call it. Every answer is held against its schema. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { CONSOLE_ROLES, type GatewayPlan } from '../../../src/gateway/plan.ts';
import { apiOperations } from '../../../src/http/api/routes.ts';
import { listen } from '../../../src/http/listen.ts';
import { openAuditHere } from '../../../src/store/audit-file/audit-file.ts';
import { openCustomerIndex } from '../../../src/store/index-file/index-file.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { pushTargetPlan } from '../../gateway/push/harness.ts';
import { indexedPlan, listing } from '../../support/indexed-gateway.ts';
import { recordedLog } from '../../support/log.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { memorySource } from '../../support/plans.ts';
import { pushAdapter } from '../../support/push-adapter.ts';
import { startPushTarget } from '../../support/push-target.ts';
import { consoleOfRoles } from '../console/visitor.ts';

/** What no answer may have. */
export const SECRET = 'mark-of-a-secret-7Q';
export const HOSTILE = '<img src=x onerror=alert(1)>"\'';

export type Who = 'nobody' | 'wrong' | 'plain' | (typeof CONSOLE_ROLES)[number];
export const WHO: readonly Who[] = ['nobody', 'wrong', 'plain', ...CONSOLE_ROLES];

const secretOf = (who: Who) => `${SECRET}-of-${who}`;

/** What came back. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: ReturnType<typeof Object>;
}

/** Starts it. @param folder for its files */
export async function startApi(folder: string, change: (plan: GatewayPlan) => GatewayPlan = (plan) => plan) {
  const target = await startPushTarget();
  const store = join(folder, 'gateway.db');
  const broken = { ...memorySystem(), error: new SourceError('unreachable', `no way with ${SECRET} ${HOSTILE}`) };
  const plan = indexedPlan(listing(), join(folder, 'index.db'), {
    index: { everyMs: 600_000, fullMs: 600_000 },
    others: [
      memorySource('broken', broken, { title: HOSTILE, breaker: { failures: 1, retryMs: 60_000, longestMs: 60_000 } }),
      memorySource('tickets', memorySystem(), {
        adapter: pushAdapter({}),
        title: 'Tickets',
        settings: { url: target.url },
      }),
    ],
    ajax: [
      {
        ...{ name: 'people', source: 'crm', where: [], search: undefined, group: undefined, limit: 10 },
        ...{
          value: { kind: 'template', template: '{{id}}' },
          description: '{{name}}',
          before: [{ value: '', description: 'Choose' }],
        },
        after: [],
        ...{ order: [], encoding: 'utf-8' },
      },
    ],
  });
  const keys = [
    { name: 'plain', secret: secretOf('plain') },
    ...CONSOLE_ROLES.map((role) => ({ name: `key-${role}`, secret: secretOf(role), role })),
  ];
  const log = recordedLog();
  const gateway = createGateway(
    change({
      ...plan,
      access: { ...plan.access, keys, ratePerMinute: 0 },
      secrets: [SECRET],
      console: consoleOfRoles(),
      audit: { file: join(folder, 'audit.db'), keepMs: 86_400_000, values: false },
      push: new Map([['Tickets', pushTargetPlan()]]),
      store: { ...plan.store, file: store, keepBodies: true, retentionMs: 90 * 86_400_000 },
      origin: { readAt: new Date(0), digest: 'x', shown: () => `# ${HOSTILE}\npassword: ***\n` },
    }),
    {
      log,
      openLedger: () => openLedger(store),
      openIndex: openCustomerIndex,
      openAudit: openAuditHere,
    },
  );
  const server = await listen(gateway);
  gateway.readAhead();
  const ledger = await gateway.pushes.ledger(new AbortController().signal);
  if (ledger === undefined) throw new Error('there is no ledger');
  const answered = new Set<string>();
  const texts: string[] = [];

  /** Calls with a key, and holds the answer against what is declared. */
  async function call(who: Who, path: string, init: RequestInit & { json?: unknown } = {}): Promise<ApiAnswer> {
    const { json, ...rest } = init;
    const headers = new Headers(init.headers);
    if (who !== 'nobody') headers.set('authorization', `Bearer ${secretOf(who)}`);
    if (json !== undefined) headers.set('content-type', 'application/json');
    const body = json === undefined ? (rest.body ?? null) : JSON.stringify(json);
    const method = rest.method ?? (json === undefined ? 'GET' : 'POST');
    const answer = await fetch(`${server.url}${path}`, { ...rest, method, headers, body });
    const text = await answer.text();
    texts.push(text);
    const isJson = answer.headers.get('content-type') === 'application/json; charset=utf-8';
    const read = isJson ? JSON.parse(text) : undefined;
    if (isJson) conforms(method, path, answer.status, read);
    return { status: answer.status, headers: answer.headers, text, body: Object(read) };
  }

  function conforms(method: string, path: string, status: number, read: unknown): void {
    if (status !== 200) {
      expect(read).toEqual({ error: expect.any(String) });
      return;
    }
    const one = operationAt(method, path);
    expect(one?.answer.safeParse(read).error, `${method} ${path}`).toBeUndefined();
    answered.add(one?.id ?? '');
  }

  return {
    ...{ url: server.url, gateway, ledger, log, call, answered, texts },
    async close() {
      await server.close();
      await gateway.close();
      await target.close();
    },
  };
}

/** The operation that a call is for. */
function operationAt(method: string, path: string) {
  const names = (path.split('?', 1)[0] ?? '').split('/');
  const fits = (wanted: string) => {
    const parts = wanted.split('/');
    return parts.length === names.length && parts.every((part, at) => part.startsWith('{') || part === names[at]);
  };
  const all = apiOperations.filter((one) => one.method === method.toLowerCase() && fits(one.path));
  return all.find(({ path: wanted }) => !wanted.includes('{')) ?? all[0];
}
