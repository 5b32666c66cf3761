/** The current API: https://developers.activecollab.com/api-documentation/v1/authentication.html and its neighbours. */
import type { Received, Reply } from '../http/stand-in.ts';
import type { House, MadeComment, MadeTask } from './house.ts';

const PAGE = 100;
const CREATED = 1_430_164_603;

/** Answers a request. */
export function currentRoute(request: Received, house: House): Reply {
  const { method, path } = request;
  const command = /^\/api\/v1\/(.+)$/.exec(path)?.[1];
  if (command === undefined)
    return { status: 404, headers: { 'content-type': 'text/html' }, body: '<html><title>404</title></html>' };
  if (method === 'POST' && command === 'issue-token') return issueToken(request, house);
  const token = request.headers['x-angie-authapitoken'];
  if (!house.knows(typeof token === 'string' ? token : undefined))
    return failure(401, 'Authentication error', 'AuthenticationError');
  if (method === 'GET' && command === 'projects/names') return { body: Object.fromEntries(house.projects) };
  if (method === 'GET' && command === 'users') return { body: paged(house.users.map(userOf), request) };
  const user = house.users.find(({ id }) => command === `users/${id}`);
  if (method === 'GET' && user !== undefined) return { body: { single: userOf(user) } };
  // https://developers.activecollab.com/api-documentation/v1/projects/elements/tasks/comments.html
  const commented = house.tasks.find((task) => command === `comments/task/${task.id}`);
  if (method === 'GET' && commented !== undefined) return { body: commented.comments.map(commentOf).toReversed() };
  const [, id = '', rest = ''] = /^projects\/(\d+)(?:\/(.+))?$/.exec(command) ?? [];
  const project = Number(id);
  if (!house.projects.has(project)) return failure(404, 'Not found', 'NotFound');
  return projectRoute(request, house, project, rest);
}

function projectRoute(request: Received, house: House, project: number, rest: string): Reply {
  if (request.method === 'POST')
    return rest === 'tasks' ? newTask(request, house, project) : failure(404, 'Not found', 'NotFound');
  const own = house.tasks.filter((task) => task.project === project && !task.isTrashed);
  if (rest === '') return { body: { single: { id: project, class: 'Project', name: house.projects.get(project) } } };
  // https://developers.activecollab.com/api-documentation/v1/projects/elements/task-lists/archive.html
  if (rest === 'task-lists')
    return {
      body: paged(
        house.lists.map((list) => ({ ...list, class: 'TaskList', project_id: project })),
        request,
      ),
    };
  // https://developers.activecollab.com/api-documentation/v1/projects/elements/tasks/archive.html
  const state = rest === 'tasks' ? false : rest === 'tasks/archive' ? true : undefined;
  if (state !== undefined) {
    const page = own.filter(({ isCompleted }) => isCompleted === state);
    const items = paged(page, request).map((task) => listed(task, house));
    return { body: state ? items : { tasks: items } };
  }
  const task = house.tasks.find((one) => rest === `tasks/${one.id}` && one.project === project);
  if (task === undefined) return failure(404, 'Not found', 'NotFound');
  return { body: whole(task, house) };
}

/** https://activecollab.com/help/books/self-hosted/self-hosted-api-authentication; a refusal is a 500 there. */
function issueToken(request: Received, house: House): Reply {
  const { username, password, client_name, client_vendor } = Object(request.json());
  if (!client_name || !client_vendor) return failure(500, 'Client details are required', 'ApiSubscriptionError');
  if (username !== house.account.email) return failure(500, 'Invalid username', 'ApiSubscriptionError');
  if (password !== house.account.password) return failure(500, 'Invalid password', 'ApiSubscriptionError');
  return { body: { is_ok: true, token: house.issue() } };
}

/** https://developers.activecollab.com/api-documentation/v1/people/users-work/user-and-team-tasks.html */
function newTask(request: Received, house: House, project: number): Reply {
  const given = Object(request.json());
  const {
    name,
    body = '',
    assignee_id = 0,
    task_list_id = 3,
    labels = [],
    is_important = false,
    due_on = null,
  } = given;
  const wrong: Record<string, string[]> = {};
  if (typeof name !== 'string' || name.trim() === '') wrong['name'] = ['Task name is required'];
  if (typeof body !== 'string') wrong['body'] = ['Not a text'];
  if (assignee_id !== 0 && !house.users.some(({ id }) => id === assignee_id)) wrong['assignee_id'] = ['Not a member'];
  if (!house.lists.some(({ id }) => id === task_list_id)) wrong['task_list_id'] = ['No such task list'];
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string'))
    wrong['labels'] = ['Not a list of names'];
  if (typeof is_important !== 'boolean') wrong['is_important'] = ['Not a boolean'];
  if (due_on !== null && !/^\d{4}-\d\d-\d\d$/.test(due_on)) wrong['due_on'] = ['Not a day'];
  if (Object.keys(wrong).length > 0) {
    return {
      status: 500,
      body: { type: 'ValidationErrors', message: 'Validation failed', field_errors: wrong, object_class: 'Task' },
    };
  }
  const upper = labels.map((label: string) => label.toUpperCase());
  const task = house.add({
    project,
    name,
    body,
    assignee: assignee_id,
    list: task_list_id,
    labels: upper,
    isImportant: is_important,
    due: due_on,
  });
  return { body: whole(task, house) };
}

function whole(task: MadeTask, house: House): object {
  const list = house.lists.find(({ id }) => id === task.list) ?? null;
  return {
    single: single(task),
    subscribers: [1],
    comments: house.countsComments ? [] : task.comments.map(commentOf),
    reminders: [],
    subtasks: [],
    task_list: list,
    tracked_time: 0,
  };
}

function single(task: MadeTask): object {
  return {
    ...{ id: task.id, class: 'Task', url_path: `/projects/${task.project}/tasks/${task.id}`, name: task.name },
    ...{
      assignee_id: task.assignee,
      delegated_by_id: 0,
      is_completed: task.isCompleted,
      comments_count: task.comments.length,
      attachments: task.files.map(({ name, url }, index) => ({ id: index, name, size: 1, download_url: url })),
    },
    ...{ completed_on: task.isCompleted ? CREATED + 60 : null, completed_by_id: task.isCompleted ? 1 : null },
    labels: task.labels.map((name, index) => ({ id: index + 5, class: 'TaskLabel', name, color: '#00B25C' })),
    ...{ is_trashed: task.isTrashed, project_id: task.project, is_hidden_from_clients: false, body: task.body },
    ...{
      created_on: CREATED,
      created_by_id: 1,
      updated_on: CREATED,
      task_number: task.number,
      task_list_id: task.list,
    },
    ...{ position: 1, is_important: task.isImportant, due_on: task.due, estimate: 0, job_type_id: 0 },
  };
}

function commentOf({ by, at, body }: MadeComment, index: number): object {
  return {
    id: index + 1,
    class: 'Comment',
    parent_type: 'Task',
    body,
    is_trashed: false,
    created_on: at,
    created_by_id: by,
  };
}

function listed(task: MadeTask, { listsWithoutTexts }: House): object {
  return listsWithoutTexts ? { ...single(task), body: undefined } : single(task);
}

function userOf({ id, email, name }: House['users'][number]): object {
  return {
    id,
    class: 'Member',
    email,
    display_name: name,
    is_archived: false,
    is_trashed: false,
    additional_email_addresses: [],
  };
}

/** https://developers.activecollab.com/api-documentation/v1/projects/project-names.html: 100 records a request. */
function paged<T>(items: readonly T[], request: Received): readonly T[] {
  const page = Number(request.query.get('page') ?? 1);
  return items.slice((page - 1) * PAGE, page * PAGE);
}

function failure(status: number, message: string, type: string): Reply {
  return { status, body: { type, message } };
}
