/** A task of the current API, and what staff see of it. */

import * as z from 'zod';
import type { Details } from '../../src/contract/index.ts';
import { fileRows, roughText, type SaidComment } from '../../src/kit/text/index.ts';

/** https://developers.activecollab.com/api-documentation/v1/people/users-work/user-and-team-tasks.html */
export const taskShape = z.looseObject({
  id: z.int().positive(),
  project_id: z.int().positive(),
  name: z.string(),
  body: z.string().nullish(),
  assignee_id: z.int().nullish(),
  is_completed: z.boolean().nullish(),
  is_trashed: z.boolean().nullish(),
  is_important: z.boolean().nullish(),
  /** Seconds since 1970. */
  completed_on: z.number().nullish().catch(null),
  /** A day in newer versions, seconds since 1970 in older ones. */
  due_on: z.union([z.string(), z.number()]).nullish().catch(null),
  labels: z
    .array(z.looseObject({ name: z.string() }))
    .nullish()
    .catch([]),
  comments_count: z.int().nullish().catch(null),
  attachments: z
    .array(z.looseObject({ name: z.string(), download_url: z.string().nullish().catch(null) }))
    .nullish()
    .catch([]),
});

/** https://developers.activecollab.com/api-documentation/v1/projects/elements/tasks/comments.html */
export const commentShape = z.looseObject({
  id: z.int(),
  body: z.string().nullish(),
  body_plain_text: z.string().nullish(),
  /** Seconds since 1970. */
  created_on: z.number().nullish().catch(null),
  created_by_id: z.int().nullish().catch(null),
  created_by_name: z.string().nullish().catch(null),
  is_trashed: z.boolean().nullish().catch(null),
});

/** A comment at a task. */
export type TaskComment = z.output<typeof commentShape>;

/** Of a comment; only its beginning is shown. */
export const LONGEST_HTML = 20_000;

/** A task, as it is listed. */
export type Task = z.output<typeof taskShape>;

/** A task, as it is asked for. */
export const single = z.looseObject({
  single: taskShape,
  task_list: z.looseObject({ name: z.string() }).nullish().catch(null),
  comments: z.array(commentShape).nullish().catch(null),
});

/** @param assignee the name of who has it */
export function detailsOf(
  { single: task, task_list: list }: z.output<typeof single>,
  link: string,
  assignee: string | undefined,
): Details {
  const labels = (task.labels ?? []).map(({ name }) => name);
  return {
    title: task.name,
    link,
    rows: [
      { label: 'Status', value: statusOf(task) },
      { label: 'Completed', value: task.is_completed === true ? timeOf(task.completed_on) : undefined },
      { label: 'Assigned to', value: assignee },
      { label: 'Task list', value: list?.name || undefined },
      { label: 'Important', value: task.is_important === true ? true : undefined },
      { label: 'Due', value: dayOf(task.due_on) },
      { label: 'Labels', value: labels.length === 0 ? undefined : labels },
      { label: 'Comments', value: task.comments_count ?? undefined },
      ...fileRows((task.attachments ?? []).map((file) => ({ name: file.name, href: file.download_url ?? undefined }))),
    ],
  };
}

function statusOf({ is_trashed, is_completed }: Task): string {
  if (is_trashed === true) return 'In the trash';
  return is_completed === true ? 'Completed' : 'Open';
}

/** A comment as staff read it. @param author where ActiveCollab names nobody */
export function saidIn(comment: TaskComment, author: string | undefined): SaidComment {
  const { body_plain_text, body, created_by_name, created_on } = comment;
  return {
    author: created_by_name || author,
    at: timeOf(created_on),
    text: body_plain_text || roughText(body ?? '', LONGEST_HTML),
  };
}

function timeOf(seconds: number | null | undefined): Date | undefined {
  return seconds ? new Date(seconds * 1000) : undefined;
}

function dayOf(due: string | number | null | undefined): string | undefined {
  if (typeof due === 'string') return due || undefined;
  return timeOf(due)?.toISOString().slice(0, 10);
}
