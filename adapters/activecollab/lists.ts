/** Lists of the current API, page by page; and people and task lists by name, of which the API takes numbers. */

import * as z from 'zod';
import { SourceError } from '../../src/contract/index.ts';
import { type HttpClient, pathOf } from '../../src/kit/http/index.ts';
import { parsed } from './failures.ts';
import { numberOf, wrongField } from './fields.ts';

/** "Paged to 100 records per request" (https://developers.activecollab.com/api-documentation/v1/projects/project-names.html). */
const PAGE = 100;
/** A project with more tasks than this is none that can be searched while somebody waits. */
const MOST_PAGES = 50;

/**
 * The pages of a list.
 * @param key a list is an array, or an object with the array under this name
 * @throws {SourceError} `bad-response` when it has no end
 */
export async function* listAll<T extends { readonly id: number }>(
  client: HttpClient,
  path: string,
  key: string,
  item: z.ZodType<T>,
  signal: AbortSignal,
): AsyncGenerator<readonly T[]> {
  const shape = z.union([z.array(item), z.looseObject({ [key]: z.array(item) }).transform((list) => list[key] ?? [])]);
  const itemsOf = z.array(item);
  const seen = new Set<number>();
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await client.request({ path, query: { page }, expect: page > 1 ? [404] : [] }, signal);
    if (answer.status === 404) return;
    const items = itemsOf.parse(parsed(shape, answer, `the list ${key}`));
    const fresh = items.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    yield fresh;
    // A list without pages is whole at once, and the same again for every page.
    if (items.length < PAGE || fresh.length === 0) return;
  }
  throw new SourceError('bad-response', `the list ${key} of ActiveCollab has more than ${MOST_PAGES * PAGE} entries`, {
    remedy: 'let the push target use a project of its own',
  });
}

const user = z.looseObject({
  id: z.int(),
  email: z.string().nullish(),
  display_name: z.string().nullish(),
  additional_email_addresses: z.array(z.string()).nullish().catch([]),
  is_archived: z.boolean().nullish(),
  is_trashed: z.boolean().nullish(),
});
const taskList = z.looseObject({ id: z.int(), name: z.string() });

/**
 * https://developers.activecollab.com/api-documentation/v1/authentication.html shows a user.
 * @param text a number, an e-mail address or a full name
 * @throws {SourceError} `rejected` when it is nobody's, or that of several
 */
export async function personNamed(client: HttpClient, text: string, signal: AbortSignal): Promise<number> {
  const users = listAll(client, '/api/v1/users', 'users', user, signal);
  return await numberIn(text, users, 'assignee', ({ email, display_name, additional_email_addresses, ...one }) =>
    one.is_archived || one.is_trashed ? [] : [email, display_name, ...(additional_email_addresses ?? [])],
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
  const lists = listAll(client, pathOf`/api/v1/projects/${project}/task-lists`, 'task_lists', taskList, signal);
  return await numberIn(text, lists, 'task_list', ({ name }) => [name]);
}

async function numberIn<T extends { readonly id: number }>(
  text: string,
  pages: AsyncIterable<readonly T[]>,
  field: string,
  namesOf: (one: T) => readonly (string | null | undefined)[],
): Promise<number> {
  const given = numberOf(text);
  if (given !== undefined) return given;
  const found: T[] = [];
  for await (const page of pages) {
    for (const one of page)
      if (namesOf(one).some((name) => name?.toLowerCase() === text.toLowerCase())) found.push(one);
  }
  const [first] = found;
  if (first === undefined) throw wrongField(field, 'names nobody and nothing that ActiveCollab shows to the account');
  if (found.length > 1) throw wrongField(field, `is the name of ${found.length}; write the number`);
  return first.id;
}
