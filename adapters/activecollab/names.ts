/** People and task lists by name: the API takes numbers. */

import * as z from 'zod';
import { type HttpClient, pathOf } from '../../src/kit/http/index.ts';
import { numberOf, wrongField } from './fields.ts';
import { listAll } from './lists.ts';

const userShape = z.looseObject({
  id: z.int(),
  email: z.string().nullish(),
  display_name: z.string().nullish(),
  additional_email_addresses: z.array(z.string()).nullish().catch([]),
  is_archived: z.boolean().nullish(),
  is_trashed: z.boolean().nullish(),
});

const listShape = z.looseObject({ id: z.int(), name: z.string() });

/**
 * https://developers.activecollab.com/api-documentation/v1/authentication.html shows a user.
 * @param text a number, an e-mail address or a full name
 * @throws {SourceError} `rejected` when it is nobody's, or that of several
 */
export async function personNamed(client: HttpClient, text: string, signal: AbortSignal): Promise<number> {
  const wanted = text.toLowerCase();
  return (
    numberOf(text) ??
    (await onlyOne(client, '/api/v1/users', 'users', 'assignee', userShape, signal, (user) => {
      if (user.is_archived || user.is_trashed) return false;
      const names = [user.email, user.display_name, ...(user.additional_email_addresses ?? [])];
      return names.some((name) => name?.toLowerCase() === wanted);
    }))
  );
}

/**
 * https://developers.activecollab.com/api-documentation/v1/projects/elements/task-lists/archive.html
 * @param text a number or a name
 * @throws {SourceError} `rejected` when it is none's, or that of several
 */
export async function taskListNamed(
  client: HttpClient,
  project: number,
  text: string,
  signal: AbortSignal,
): Promise<number> {
  const path = pathOf`/api/v1/projects/${project}/task-lists`;
  const wanted = text.toLowerCase();
  return (
    numberOf(text) ??
    (await onlyOne(
      client,
      path,
      'task_lists',
      'task_list',
      listShape,
      signal,
      ({ name }) => name.toLowerCase() === wanted,
    ))
  );
}

async function onlyOne<T extends { readonly id: number }>(
  client: HttpClient,
  path: string,
  key: string,
  field: string,
  item: z.ZodType<T>,
  signal: AbortSignal,
  isIt: (one: T) => boolean,
): Promise<number> {
  const found: T[] = [];
  for await (const page of listAll(client, path, { key, item, signal })) {
    for (const one of page) if (isIt(one)) found.push(one);
  }
  const [first] = found;
  if (first === undefined) throw wrongField(field, 'names nobody and nothing that ActiveCollab shows to the account');
  if (found.length > 1) throw wrongField(field, `is the name of ${found.length}; write the number`);
  return first.id;
}
