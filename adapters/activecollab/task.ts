/** A task of the current API, and what staff see of it. */

import * as z from 'zod';
import type { Details } from '../../src/contract/index.ts';

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
});

/** A task, as it is listed. */
export type Task = z.output<typeof taskShape>;

/** A task, as it is asked for. */
export const single = z.looseObject({
  single: taskShape,
  task_list: z.looseObject({ name: z.string() }).nullish().catch(null),
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
    ],
  };
}

function statusOf({ is_trashed, is_completed }: Task): string {
  if (is_trashed === true) return 'In the trash';
  return is_completed === true ? 'Completed' : 'Open';
}

function timeOf(seconds: number | null | undefined): Date | undefined {
  return seconds ? new Date(seconds * 1000) : undefined;
}

function dayOf(due: string | number | null | undefined): string | undefined {
  if (typeof due === 'string') return due || undefined;
  return timeOf(due)?.toISOString().slice(0, 10);
}
