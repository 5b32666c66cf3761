/**
 * The API of activeCollab 1 and 2: http://www.activecollab.com/docs/manuals/developers/api/making-a-requests. A ticket is
 * asked for by its number within the project; numbers come as texts now and then.
 */
import type { Received, Reply } from '../http/stand-in.ts';
import type { House, MadeTask } from './house.ts';

/** Answers a request. */
export function classicRoute(request: Received, house: House): Reply {
  const { query, path } = request;
  if (path !== '/public/api.php') return { status: 404, body: 'Not Found' };
  if (query.get('format') !== 'json') return { headers: { 'content-type': 'application/xml' }, body: '<xml/>' };
  if (query.get('token') !== house.token) return { status: 403, body: { error: 'Forbidden' } };
  const command = query.get('path_info') ?? '';
  if (command === '/projects') return { body: [...house.projects].map(([id, name]) => ({ id: String(id), name })) };
  const [, id = '', rest = ''] = /^\/projects\/(\d+)(?:\/(.+))?$/.exec(command) ?? [];
  const project = Number(id);
  const name = house.projects.get(project);
  if (name === undefined) return { status: 404, body: 'Not Found' };
  if (rest === '') return { body: { id, name } };
  return request.method === 'POST' ? posted(request, house, project, rest) : asked(house, project, rest);
}

function asked(house: House, project: number, rest: string): Reply {
  const own = house.tasks.filter((task) => task.project === project && !task.isTrashed);
  const list = (tasks: readonly MadeTask[]): Reply => ({
    body: tasks.length === 0 ? 'null' : tasks.map((task) => ticketOf(task, house, house.listsWithoutTexts)),
  });
  if (rest === 'tickets') return list(own.filter(({ isCompleted }) => !isCompleted));
  if (rest === 'tickets/archive') return list(own.filter(({ isCompleted }) => isCompleted));
  const ticket = own.find(({ number }) => rest === `tickets/${number}`);
  return ticket === undefined
    ? { status: 404, body: 'Not Found' }
    : { body: { ...ticketOf(ticket, house, false), ...saidAt(ticket, house) } };
}

/** `/projects/:project_id/tickets/add`: "there needs to be a variable named submitted with a value of submitted". */
function posted(request: Received, house: House, project: number, rest: string): Reply {
  if (rest !== 'tickets/add') return { status: 404, body: 'Not Found' };
  const form = new URLSearchParams(request.text());
  if (form.get('submitted') !== 'submitted') return { status: 400, body: 'Bad Request' };
  const name = form.get('ticket[name]') ?? '';
  if (name.trim() === '')
    return {
      status: 500,
      body: { type: 'ValidationErrors', message: 'Validation failed', field_errors: { name: ['Summary is required'] } },
    };
  const known =
    /^(submitted|ticket\[(name|body|milestone_id|tags|priority|due_on|assignees\]\[0\]\[|assignees\]\[1)\])$/;
  for (const key of form.keys()) if (!known.test(key)) throw new Error(`an unknown field came: ${key}`);
  const assignee = form.get('ticket[assignees][1]');
  const ticket = house.add({
    ...{ project, name, body: form.get('ticket[body]') ?? '', due: form.get('ticket[due_on]') },
    assignee: Number(assignee ?? 0),
    list: Number(form.get('ticket[milestone_id]') ?? 0),
    labels: (form.get('ticket[tags]') ?? '').split(', ').filter((tag) => tag !== ''),
    isImportant: form.get('ticket[priority]') === '1',
  });
  return { body: ticketOf(ticket, house, false) };
}

/** TicketsController::view: `describe_comments`, `describe_attachments`. */
function saidAt({ comments, files }: MadeTask, house: House): object {
  return {
    comments: comments.map(({ by, at, body }, index) => ({
      ...{ id: String(index), type: 'Comment', body },
      created_on: new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' '),
      created_by: { id: by, name: house.users.find(({ id }) => id === by)?.name },
    })),
    attachments: files.map(({ name, url }, index) => ({ id: String(index), name, permalink: url })),
  };
}

function ticketOf(task: MadeTask, house: House, withoutText: boolean): object {
  return {
    ...{ id: String(task.id), type: 'Ticket', ticket_id: task.number, name: task.name, project_id: task.project },
    ...(withoutText ? {} : { body: task.body }),
    permalink: `https://projects.example.com/public/index.php?path_info=projects%2F${task.project}%2Ftickets%2F${task.number}`,
    ...{
      priority: task.isImportant ? '1' : 0,
      due_on: task.due,
      completed_on: task.isCompleted ? '2026-11-20 14:24:06' : null,
    },
    project: { id: task.project, name: house.projects.get(task.project) },
  };
}
