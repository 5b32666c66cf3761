/** An adapter for the ticket system of `push-target.ts`. */

import * as z from 'zod';
import {
  type Adapter,
  type CallContext,
  type Details,
  defineAdapter,
  isBackground,
  type PushReceipt,
  type PushRequest,
  type Source,
  SourceError,
} from '../../src/contract/index.ts';

/** What such a system can do when an answer was lost. */
export interface PushTalents {
  readonly idempotent?: boolean;
  readonly findable?: boolean;
  readonly searchLagMs?: number;
  readonly details?: boolean;
  readonly format?: 'text' | 'markdown' | 'html';
  readonly files?: boolean;
  /** Tickets are named as `#A-7`. */
  readonly linking?: boolean;
  readonly required?: readonly string[];
  readonly ids?: RegExp;
  /** For each push, whether staff wait for it. */
  readonly awaited?: boolean[];
}

const settings = z.strictObject({ url: z.string() });

/** The adapter for a system with these talents. */
export function pushAdapter(talents: PushTalents = {}): Adapter<typeof settings> {
  const {
    idempotent = false,
    findable = false,
    searchLagMs,
    details = true,
    format = 'text',
    files = false,
    linking = false,
    required = [],
    ids,
    awaited = [],
  } = talents;
  return defineAdapter({
    name: 'tickets',
    title: 'Tickets',
    settings,
    push: {
      ...{ format, fields: { project: 'the project', priority: 'how urgent' }, required, files, idempotent },
      ...(linking && { linking: { thing: 'ticket', idIn: (comment: string) => /^#([\w-]+)/.exec(comment)?.[1] } }),
      ...(ids && { ids }),
      ...(searchLagMs !== undefined && { searchLagMs }),
    },
    open({ url }): Source {
      return {
        check: async (context) => void (await call(url, '/tickets?reference=none', context)),
        push(request, context) {
          awaited.push(!isBackground(context.signal));
          return push(url, request, context);
        },
        ...(findable && { findPush: (request, context) => findPush(url, request, context) }),
        ...(details && { details: (id, context) => detailsOf(url, id, context) }),
      };
    },
  });
}

const ticket = z.object({ id: z.string(), title: z.string().optional() });

async function push(url: string, request: PushRequest, context: CallContext): Promise<PushReceipt> {
  const { reference, title, body, fields } = request;
  const answer = await call(url, '/tickets', context, { method: 'POST', body: { reference, title, body, fields } });
  const { id } = ticket.parse(answer.body);
  return { id, link: `${url}/tickets/${encodeURIComponent(id)}` };
}

async function findPush(
  url: string,
  { reference }: PushRequest,
  context: CallContext,
): Promise<PushReceipt | undefined> {
  const answer = await call(url, `/tickets?reference=${reference}`, context);
  return answer.body === null ? undefined : { id: ticket.parse(answer.body).id };
}

async function detailsOf(url: string, id: string, context: CallContext): Promise<Details | undefined> {
  const answer = await call(url, `/tickets/${encodeURIComponent(id)}`, context);
  if (answer.status === 404) return undefined;
  const { title = '' } = ticket.parse(answer.body);
  return { title, link: `${url}/tickets/${id}`, rows: [{ label: 'Status', value: 'open' }] };
}

async function call(
  url: string,
  path: string,
  { signal }: CallContext,
  { method = 'GET', body }: { method?: string; body?: unknown } = {},
): Promise<{ status: number; body: unknown }> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`${url}${path}`, { method, signal, body: body === undefined ? null : JSON.stringify(body) });
    text = await answer.text();
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    const refused = cause instanceof Error && /ECONNREFUSED/.test(String(Object(cause.cause).code));
    throw new SourceError('unreachable', 'the ticket system did not answer', { cause, unsent: refused });
  }
  const { status } = answer;
  if (status === 410) {
    throw new SourceError('rejected', `the ticket system says that it is gone: ${text}`, { gone: true });
  }
  // As every adapter has it: the system did not take the call.
  if (status === 503) throw new SourceError('unreachable', 'the ticket system answered 503', { unsent: true });
  if (status === 401) throw new SourceError('unauthorized', 'the ticket system refused the token');
  if (status === 422) {
    const { error: said } = z.object({ error: z.string() }).parse(JSON.parse(text));
    throw new SourceError('rejected', `the ticket system said: ${said || 'no such project'}`, { said });
  }
  if (status === 429) {
    const retryAfterMs = Number(answer.headers.get('retry-after')) * 1000;
    throw new SourceError('rate-limited', 'the ticket system asks to slow down', { retryAfterMs });
  }
  if (status >= 500) throw new SourceError('bad-response', `the ticket system answered ${status}`);
  return { status, body: JSON.parse(text) };
}
