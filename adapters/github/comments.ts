/** The newest comments of an issue. https://docs.github.com/en/rest/issues/comments#list-issue-comments */

import * as z from 'zod';
import type { SaidComment } from '../../src/kit/text/index.ts';
import { dateIn } from '../../src/kit/text/index.ts';
import { reader } from './issue.ts';

/** How many of the newest are wanted. */
const WANTED = 3;
/** GitHub's longest page. */
const LONGEST_PAGE = 100;

const comment = z.object({
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
  created_at: z.string().nullish(),
});
const readComments = reader(z.array(comment), 'a list of comments');

/**
 * "Issue comments are ordered by ascending ID", and nothing turns that round: the page that has the last three. A length
 * of page at which they lie on one page is found below 100, unless there are fewer than three.
 * @param count how many comments there are
 */
export function lastPage(count: number): { readonly per_page: number; readonly page: number } {
  let size = WANTED;
  while (size < LONGEST_PAGE && (count - 1) % size < WANTED - 1) size += 1;
  return { per_page: size, page: Math.ceil(count / size) };
}

/** @throws {SourceError} for another answer than a list of comments */
export function commentsIn(answer: Parameters<typeof readComments>[0]): readonly SaidComment[] {
  return readComments(answer).map(({ body, user, created_at }) => ({
    author: user?.login,
    at: dateIn(created_at),
    text: body ?? '',
  }));
}
