/**
 * The API of activeCollab 1 and 2, which the sample in HelpSpot's manual (chapter 2.6) speaks: everything is an address
 * with `path_info`, and a project has tickets (http://www.activecollab.com/docs/manuals/developers/api/making-a-requests).
 */

import * as z from 'zod';
import type { Details, PushReceipt, PushRequest, Services, Source } from '../../src/contract/index.ts';
import { createHttpClient, type HttpRequest, webAddress } from '../../src/kit/http/index.ts';
import { commentRows, dateIn, fileRows, roughText } from '../../src/kit/text/index.ts';
import { errorText, parsed, READ_STATUSES, refusalOf } from './failures.ts';
import { nameOf, numberOf, taskFields, withReference, wrongField } from './fields.ts';
import type { Settings } from './settings.ts';
import { LONGEST_HTML } from './task.ts';

/** A list of tickets comes with their texts. */
const MAX_BYTES = 30_000_000;
/** Of tickets that a list gives without their texts, so many are looked at one by one. */
const MOST_LOOKED_AT = 50;

// PHP of that age writes numbers as texts when it likes.
const number = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);
const priority = z.string().regex(/^-?\d$/);
const word = z.string().nullish().catch(null);
/** The ticket alone comes with these (TicketsController::view: `describe_comments`, `describe_attachments`). */
const commentsShape = z.array(
  z.looseObject({ body: word, created_on: word, created_by: z.looseObject({ name: word }).nullish().catch(null) }),
);
const filesShape = z.array(z.looseObject({ name: z.string(), permalink: word }));
const ticketShape = z.looseObject({
  id: number,
  /** Its number within the project, by which it is asked for. */
  ticket_id: number.nullish(),
  name: z.string(),
  body: z.string().nullish(),
  permalink: webAddress.nullish().catch(null),
  completed_on: z.string().nullish().catch(null),
  due_on: z.string().nullish().catch(null),
  comments: commentsShape.nullish().catch(null),
  attachments: filesShape.nullish().catch(null),
  priority: z
    .union([z.int(), priority.transform(Number)])
    .nullish()
    .catch(null),
});
/** An empty list is null, or nothing. */
const ticketList = z.union([z.array(ticketShape), z.null().transform(() => [])]);

type Ticket = z.output<typeof ticketShape>;

const PRIORITIES: Readonly<Record<number, string>> = {
  [-2]: 'Lowest',
  [-1]: 'Low',
  0: 'Normal',
  1: 'High',
  2: 'Highest',
};

/** Nothing is asked for before the first call. */
export function openClassic(settings: Settings, { log, resolve }: Services): Source {
  const { token = '', url, project: preset } = settings;
  const common = { system: 'ActiveCollab', settings, resolve, log, errorText, maxBytes: MAX_BYTES };
  const client = createHttpClient({ ...common, baseUrl: url, credentials: [token] });
  // The client knows that a token in an address is a secret, and logs no address with its parameters.
  const ask = (path: string, signal: AbortSignal, more: Partial<HttpRequest> = {}) =>
    client.request({ ...more, path: url, query: { path_info: path, token, format: 'json' } }, signal);

  const listed = async (path: string, signal: AbortSignal): Promise<readonly Ticket[]> => {
    const answer = await ask(path, signal);
    return answer.text.trim() === '' ? [] : parsed(ticketList, answer, 'the list of tickets');
  };
  const ticketAt = async (id: string, signal: AbortSignal): Promise<Ticket | undefined> => {
    const answer = await ask(`/projects/${id.replace('/', '/tickets/')}`, signal, { expect: [404] });
    return answer.status === 404 ? undefined : parsed(ticketShape, answer, 'the question for a ticket');
  };

  return {
    async check({ signal }) {
      const path = preset === undefined ? '/projects' : `/projects/${preset}`;
      parsed(z.union([z.array(z.unknown()), z.looseObject({})]), await ask(path, signal), 'the question for projects');
    },

    // `/projects/:project_id/tickets/add`; without "submitted" it is refused.
    async push(request, { signal }) {
      const { project, form } = ticketForm(request, preset);
      const how = { method: 'POST', form, expect: READ_STATUSES } as const;
      const answer = await ask(`/projects/${project}/tickets/add`, signal, how);
      if (answer.status >= 300) throw refusalOf(answer, 'the new ticket');
      return receiptOf(project, parsed(ticketShape, answer, 'the new ticket'));
    },

    // The lists come from the database: open tickets, then those that somebody has completed meanwhile.
    async findPush(request, { signal }) {
      const { project } = taskFields(request, preset);
      for (const path of [`/projects/${project}/tickets`, `/projects/${project}/tickets/archive`]) {
        let lookedAt = 0;
        for (const ticket of (await listed(path, signal)).toSorted((one, other) => other.id - one.id)) {
          let { body } = ticket;
          if (typeof body !== 'string' && lookedAt < MOST_LOOKED_AT) {
            lookedAt += 1;
            body = (await ticketAt(idOf(project, ticket), signal))?.body;
          }
          if (body?.includes(request.reference)) return receiptOf(project, ticket);
        }
      }
      return undefined;
    },

    async details(id, { signal }) {
      const ticket = await ticketAt(id, signal);
      return ticket === undefined ? undefined : detailsOf(ticket);
    },

    close: () => client.close(),
  };
}

function ticketForm(request: PushRequest, preset: number | undefined) {
  const { project, taskList, assignee, labels, isImportant, due } = taskFields(request, preset);
  const person = byNumber('assignee', assignee);
  const milestone = byNumber('task_list', taskList);
  const form = {
    submitted: 'submitted',
    'ticket[name]': nameOf(request),
    'ticket[body]': withReference(request),
    // Who works on it, and who of them is responsible.
    ...(person === '' ? {} : { 'ticket[assignees][0][]': person, 'ticket[assignees][1]': person }),
    ...(milestone === '' ? {} : { 'ticket[milestone_id]': milestone }),
    ...(labels.length === 0 ? {} : { 'ticket[tags]': labels.join(', ') }),
    ...(isImportant === true ? { 'ticket[priority]': '1' } : {}),
    ...(due === '' ? {} : { 'ticket[due_on]': due }),
  };
  return { project, form };
}

function byNumber(field: string, text: string): string {
  if (text === '' || numberOf(text) !== undefined) return text;
  throw wrongField(field, 'has no number in it, which the classic API wants');
}

function idOf(project: number, { id, ticket_id }: Ticket): string {
  return `${project}/${ticket_id ?? id}`;
}

function receiptOf(project: number, ticket: Ticket): PushReceipt {
  return { id: idOf(project, ticket), link: ticket.permalink || undefined };
}

function detailsOf({ name, permalink, completed_on, due_on, priority, ...ticket }: Ticket): Details {
  const comments = (ticket.comments ?? []).map(({ created_by, created_on, body }) => ({
    author: created_by?.name ?? undefined,
    at: timeOf(created_on ?? ''),
    text: roughText(body ?? '', LONGEST_HTML),
  }));
  return {
    title: name,
    link: permalink || undefined,
    rows: [
      { label: 'Status', value: completed_on ? 'Completed' : 'Open' },
      { label: 'Completed', value: completed_on || undefined },
      { label: 'Priority', value: typeof priority === 'number' ? PRIORITIES[priority] : undefined },
      { label: 'Due', value: due_on || undefined },
      ...commentRows(comments),
      ...fileRows((ticket.attachments ?? []).map((file) => ({ name: file.name, href: file.permalink ?? undefined }))),
    ],
  };
}

/** `2026-11-20 14:24:06`, which is UTC. */
function timeOf(text: string): Date | undefined {
  return dateIn(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? `${text.replace(' ', 'T')}Z` : text);
}
