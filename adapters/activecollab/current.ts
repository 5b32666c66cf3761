/** The API of ActiveCollab 5 and later, and of the cloud. */

import * as z from 'zod';
import {
  type CallContext,
  type PushReceipt,
  type PushRequest,
  type Services,
  type Source,
  SourceError,
} from '../../src/contract/index.ts';
import { createHttpClient, type HttpClient, pathOf, type Token, TokenKeeper, told } from '../../src/kit/http/index.ts';
import { commentRows, moreRows, NEWEST_COMMENTS, type SaidComment, trimmedEnd } from '../../src/kit/text/index.ts';
import { beforehand } from '../../src/kit/wait/index.ts';
import { errorText, parsed, READ_STATUSES, refusalOf } from './failures.ts';
import { nameOf, type TaskFields, taskFields, withReference } from './fields.ts';
import { listAll, personNamed, taskListNamed } from './lists.ts';
import type { Settings } from './settings.ts';
import { commentShape, detailsOf, saidIn, single, type Task, taskShape } from './task.ts';

/** The tasks of a project come with their texts. */
const MAX_BYTES = 30_000_000;

const projectShape = z.looseObject({ single: z.looseObject({ id: z.int() }) });
const projectNames = z.union([z.record(z.string(), z.string()), z.array(z.unknown())]);
const issued = z.looseObject({ is_ok: z.union([z.literal(true), z.literal(1)]), token: z.string().min(1) });

/** Nothing is asked for before the first call. */
export function openCurrent(settings: Settings, { log, resolve }: Services): Source {
  const { token, email, password = '', project: preset } = settings;
  const url = trimmedEnd(settings.url, '/?#').replace(/\/api\/v1$/i, '');
  const common = {
    ...{ baseUrl: url, system: 'ActiveCollab', settings, resolve, log, errorText },
    ...{ secrets: [token ?? '', password], maxBytes: MAX_BYTES },
    credentials: token === undefined ? [email ?? '', password] : [token],
  };
  const door = createHttpClient(common);
  const tokens = new TokenKeeper('ActiveCollab', (signal) => issueToken(door, { username: email, password }, signal));
  const header = (text: string) => ({ 'X-Angie-AuthApiToken': text });
  const authorize = token === undefined ? tokens.authorize(header) : () => header(token);
  const client = createHttpClient({ ...common, authorize });
  const linkTo = ({ project_id, id }: Task) => `${url}/projects/${project_id}/tasks/${id}`;
  const receiptOf = (task: Task): PushReceipt => ({ id: `${task.project_id}/${task.id}`, link: linkTo(task) });
  return {
    async check({ signal }) {
      if (preset === undefined) {
        // https://developers.activecollab.com/api-documentation/v1/projects/project-names.html
        parsed(projectNames, await client.request({ path: '/api/v1/projects/names' }, signal), 'projects/names');
      } else {
        const path = pathOf`/api/v1/projects/${preset}`;
        parsed(projectShape, await client.request({ path }, signal), 'the question for the project');
      }
    },

    async push(request, { signal }) {
      const fields = taskFields(request, preset);
      const json = await beforehand(payloadOf(client, request, fields, signal));
      // https://developers.activecollab.com/api-documentation/v1/people/users-work/user-and-team-tasks.html
      const path = pathOf`/api/v1/projects/${fields.project}/tasks`;
      const answer = await client.request({ method: 'POST', path, json, expect: READ_STATUSES }, signal);
      if (answer.status >= 300) throw refusalOf(answer, 'the new task');
      return receiptOf(parsed(single, answer, 'the new task').single);
    },

    async findPush(request, { signal }) {
      const found = await findTask(client, taskFields(request, preset).project, request, signal);
      return found === undefined ? undefined : receiptOf(found);
    },

    async details(id, context) {
      const { signal } = context;
      const [project = '', task = ''] = id.split('/');
      const read = await taskAt(client, project, task, signal);
      if (read === undefined) return undefined;
      const assignee = await nameOfPerson(client, read.single.assignee_id ?? 0, signal);
      const { rows, ...details } = detailsOf(read, linkTo(read.single), assignee);
      const ask = async (limited: CallContext) => commentRows(await newestComments(client, read, limited));
      const isQuiet = read.single.comments_count === 0 && !read.comments?.length;
      const more = isQuiet ? [] : await moreRows(NEWEST_COMMENTS, ask, context, log);
      return { ...details, rows: [...rows, ...more] };
    },

    async close() {
      tokens.close();
      await Promise.all([client.close(), door.close()]);
    },
  };
}

/**
 * https://activecollab.com/help/books/self-hosted/self-hosted-api-authentication; a wrong password is a 500 there
 * (https://developers.activecollab.com/api-documentation/v1/authentication.html).
 * @param client that knows no token itself
 * @param login `username` and `password`
 */
async function issueToken(client: HttpClient, login: object, signal: AbortSignal): Promise<Token> {
  // The name in ActiveCollab's list of API subscriptions.
  const json = { ...login, client_name: 'helpspot-gateway', client_vendor: 'HelpSpot' };
  const expect = [400, 401, 403, 404, 500];
  const answer = await client.request({ method: 'POST', path: '/api/v1/issue-token', json, expect }, signal);
  if (answer.status < 300) return { text: parsed(issued, answer, 'issue-token').token };
  const said = `ActiveCollab issues no token for the account (${answer.status})${told(answer)}`;
  throw new SourceError('unauthorized', said, {
    remedy: 'check email and password of the source; in the cloud, and with two-factor login, write a token instead',
  });
}

async function payloadOf(client: HttpClient, request: PushRequest, fields: TaskFields, signal: AbortSignal) {
  const { project, assignee, taskList, labels, isImportant, due } = fields;
  // What is undefined is left out of JSON.
  return {
    name: nameOf(request),
    body: withReference(request),
    assignee_id: assignee === '' ? undefined : await personNamed(client, assignee, signal),
    task_list_id: taskList === '' ? undefined : await taskListNamed(client, project, taskList, signal),
    labels: labels.length === 0 ? undefined : labels,
    is_important: isImportant,
    due_on: due || undefined,
  };
}

/**
 * The lists come from the database, and so have a task as soon as it is made: the open tasks first, then those that
 * somebody has completed meanwhile
 * (https://developers.activecollab.com/api-documentation/v1/projects/elements/tasks/archive.html).
 */
async function findTask(
  client: HttpClient,
  project: number,
  request: PushRequest,
  signal: AbortSignal,
): Promise<Task | undefined> {
  for (const path of [pathOf`/api/v1/projects/${project}/tasks`, pathOf`/api/v1/projects/${project}/tasks/archive`]) {
    for await (const tasks of listAll(client, path, 'tasks', taskShape, signal)) {
      for (const task of tasks) if (await isMadeBy(request, task, client, signal)) return task;
    }
  }
  return undefined;
}

/** Where a list leaves the texts out, a task of the same name is looked at. */
async function isMadeBy(request: PushRequest, task: Task, client: HttpClient, signal: AbortSignal): Promise<boolean> {
  if (typeof task.body === 'string') return task.body.includes(request.reference);
  if (task.name !== nameOf(request)) return false;
  const whole = await taskAt(client, task.project_id, task.id, signal);
  if (whole === undefined) return false;
  const { body } = whole.single;
  if (typeof body === 'string') return body.includes(request.reference);
  throw new SourceError('bad-response', 'ActiveCollab gives a task without its text: no push can be found again');
}

/** Undefined for a task that is gone. */
async function taskAt(client: HttpClient, project: number | string, task: number | string, signal: AbortSignal) {
  const path = pathOf`/api/v1/projects/${project}/tasks/${task}`;
  const answer = await client.request({ path, expect: [404] }, signal);
  return answer.status === 404 ? undefined : parsed(single, answer, 'the question for a task');
}

/**
 * A task comes with its comments; where it only counts them they are asked for:
 * https://developers.activecollab.com/api-documentation/v1/projects/elements/tasks/comments.html
 */
async function newestComments(
  client: HttpClient,
  { single: task, comments }: z.output<typeof single>,
  { signal }: CallContext,
): Promise<readonly SaidComment[]> {
  const given = comments ?? [];
  const path = pathOf`/api/v1/comments/task/${task.id}`;
  const all = given.length > 0 ? given : await firstPage(client, path, signal);
  const newest = all
    .filter(({ is_trashed }) => is_trashed !== true)
    .toSorted((one, other) => (other.created_on ?? 0) - (one.created_on ?? 0))
    .slice(0, 3);
  return await Promise.all(
    newest.map(async (comment) => {
      const isNamed = Boolean(comment.created_by_name);
      return saidIn(comment, isNamed ? undefined : await nameOfPerson(client, comment.created_by_id ?? 0, signal));
    }),
  );
}

/** The newest comments stand on the first page. */
async function firstPage(client: HttpClient, path: string, signal: AbortSignal) {
  for await (const page of listAll(client, path, 'comments', commentShape, signal)) return page;
  return [];
}

/** Nobody is shown by number if the account may see the name. */
async function nameOfPerson(client: HttpClient, id: number, signal: AbortSignal): Promise<string | undefined> {
  if (id <= 0) return undefined;
  const answer = await client.request({ path: pathOf`/api/v1/users/${id}`, expect: [403, 404] }, signal);
  const person = z
    .looseObject({ single: z.looseObject({ display_name: z.string() }) })
    .safeParse(answer.status === 200 ? answer.json() : undefined);
  return person.data?.single.display_name ?? `User ${id}`;
}
