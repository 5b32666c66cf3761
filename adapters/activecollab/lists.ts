/** Lists of the current API, page by page. */

import * as z from 'zod';
import { SourceError } from '../../src/contract/index.ts';
import type { HttpClient } from '../../src/kit/http/index.ts';
import { parsed } from './failures.ts';

/** "Paged to 100 records per request" (https://developers.activecollab.com/api-documentation/v1/projects/project-names.html). */
const PAGE = 100;
/** A project with more tasks than this is none that can be searched while somebody waits. */
const MOST_PAGES = 50;

/** What a list is of. */
export interface ListOptions<T> {
  /** A list is an array, or an object with the array under this name. */
  readonly key: string;
  readonly item: z.ZodType<T>;
  readonly signal: AbortSignal;
}

/**
 * The pages of a list.
 * @throws {SourceError} `bad-response` when it has no end
 */
export async function* listAll<T extends { readonly id: number }>(
  client: HttpClient,
  path: string,
  { key, item, signal }: ListOptions<T>,
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
