/** The API of ActiveCollab 5 and later, and of the cloud. */

import * as z from 'zod';
import { type PushReceipt, type PushRequest, type Services, SourceError } from '../../src/contract/index.ts';
import { createHttpClient, type HttpClient, pathOf, TokenKeeper } from '../../src/kit/http/index.ts';
import { trimmedEnd } from '../../src/kit/text/index.ts';
import { beforehand } from '../../src/kit/wait/index.ts';
import { type Board, idOf, nameOf, type Place, withReference } from './board.ts';
import { errorText, parsed, READ_STATUSES, refusalOf } from './failures.ts';
import { type TaskFields, taskFields } from './fields.ts';
import { listAll } from './lists.ts';
import { personNamed, taskListNamed } from './names.ts';
import type { Settings } from './settings.ts';
import { detailsOf, single, type Task, taskShape } from './task.ts';
import { issueToken } from './tokens.ts';

/** The tasks of a project come with their texts. */
const MAX_BYTES = 30_000_000;

const projectShape = z.looseObject({ single: z.looseObject({ id: z.int() }) });
const projectNames = z.union([z.record(z.string(), z.string()), z.array(z.unknown())]);

/** Nothing is asked for before the first call. */
export function createCurrentBoard(settings: Settings, { log, resolve }: Services): Board {
  const { token, email, password = '' } = settings;
  const url = trimmedEnd(settings.url, '/?#').replace(/\/api\/v1$/i, '');
  const common = {
    baseUrl: url,
    system: 'ActiveCollab',
    settings,
    resolve,
    log,
    errorText,
    secrets: [token ?? '', password],
    maxBytes: MAX_BYTES,
  };
  const door = createHttpClient(common);
  const login = { username: email, password };
  const tokens = new TokenKeeper('ActiveCollab', (signal) => issueToken(door, login, signal));
  const header = (text: string) => ({ 'X-Angie-AuthApiToken': text });
  const client = createHttpClient({
    ...common,
    authorize: token === undefined ? tokens.authorize(header) : () => header(token),
  });
  const receiptOf = (task: Task): PushReceipt => ({
    id: idOf({ project: task.project_id, task: task.id }),
    link: linkTo(url, task),
  });
  return {
    async check(signal) {
      const { project } = settings;
      if (project === undefined) {
        // https://developers.activecollab.com/api-documentation/v1/projects/project-names.html
        parsed(projectNames, await client.request({ path: '/api/v1/projects/names' }, signal), 'projects/names');
      } else {
        const path = pathOf`/api/v1/projects/${project}`;
        parsed(projectShape, await client.request({ path }, signal), 'the question for the project');
      }
    },

    async push(request, signal) {
      const fields = taskFields(request, settings.project);
      const json = await beforehand(payloadOf(client, request, fields, signal));
      // https://developers.activecollab.com/api-documentation/v1/people/users-work/user-and-team-tasks.html
      const path = pathOf`/api/v1/projects/${fields.project}/tasks`;
      const answer = await client.request({ method: 'POST', path, json, expect: READ_STATUSES }, signal);
      if (answer.status >= 300) throw refusalOf(answer, 'the new task');
      return receiptOf(parsed(single, answer, 'the new task').single);
    },

    async findPush(request, signal) {
      const { project } = taskFields(request, settings.project);
      const found = await findTask(client, project, request, signal);
      return found === undefined ? undefined : receiptOf(found);
    },

    async details(place, signal) {
      const answer = await client.request({ path: pathTo(place), expect: [404] }, signal);
      if (answer.status === 404) return undefined;
      const read = parsed(single, answer, 'the question for a task');
      const { assignee_id: assignee } = read.single;
      return detailsOf(read, linkTo(url, read.single), await nameOfPerson(client, assignee ?? 0, signal));
    },

    async close() {
      tokens.close();
      await Promise.all([client.close(), door.close()]);
    },
  };
}

function pathTo({ project, task }: Place): string {
  return pathOf`/api/v1/projects/${project}/tasks/${task}`;
}

function linkTo(url: string, { project_id, id }: Task): string {
  return `${url}/projects/${project_id}/tasks/${id}`;
}

async function payloadOf(
  client: HttpClient,
  request: PushRequest,
  fields: TaskFields,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { project, assignee, taskList, labels, isImportant, due } = fields;
  return {
    name: nameOf(request),
    body: withReference(request),
    ...(assignee === '' ? {} : { assignee_id: await personNamed(client, assignee, signal) }),
    ...(taskList === '' ? {} : { task_list_id: await taskListNamed(client, project, taskList, signal) }),
    ...(labels.length === 0 ? {} : { labels }),
    ...(isImportant === undefined ? {} : { is_important: isImportant }),
    ...(due === '' ? {} : { due_on: due }),
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
  const { reference } = request;
  const lists = [pathOf`/api/v1/projects/${project}/tasks`, pathOf`/api/v1/projects/${project}/tasks/archive`];
  for (const path of lists) {
    for await (const tasks of listAll(client, path, { key: 'tasks', item: taskShape, signal })) {
      for (const task of tasks) if (await hasReference(client, task, reference, nameOf(request), signal)) return task;
    }
  }
  return undefined;
}

/** Where a list leaves the texts out, a task of the same name is looked at. */
async function hasReference(
  client: HttpClient,
  task: Task,
  reference: string,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (typeof task.body === 'string') return task.body.includes(reference);
  if (task.name !== name) return false;
  const path = pathTo({ project: task.project_id, task: task.id });
  const answer = await client.request({ path, expect: [404] }, signal);
  if (answer.status === 404) return false;
  const { body } = parsed(single, answer, 'the question for a task').single;
  if (typeof body === 'string') return body.includes(reference);
  throw new SourceError('bad-response', 'ActiveCollab gives a task without its text: no push can be found again');
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
