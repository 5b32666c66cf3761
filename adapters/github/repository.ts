/** The calls to the issues of one repository. https://docs.github.com/en/rest/issues/issues */

import * as z from 'zod';
import { type CallContext, type Log, type PushReceipt, type Source, SourceError } from '../../src/contract/index.ts';
import { type HttpAnswer, type HttpClient, type HttpRequest, pathOf, REDIRECTS } from '../../src/kit/http/index.ts';
import { commentRows, moreRows, NEWEST_COMMENTS } from '../../src/kit/text/index.ts';
import { commentsIn, lastPage } from './comments.ts';
import { asMoved, asRefusal, asUnseen } from './failures.ts';
import { detailsOf, type Issue, markOf, newIssue, reader, readIssue, readIssues } from './issue.ts';

const REFUSALS = [403, 404, 410, 422, 429] as const;
/** A push is given up after so long at most. */
const OLDEST_MS = 30 * 86_400_000;
const PER_PAGE = 100;
const MOST_PAGES = 20;

const readUser = reader(z.object({ login: z.string().min(1) }), 'a user');
const repositoryShape = z.object({
  full_name: z.string().min(1),
  has_issues: z.boolean().default(true),
  archived: z.boolean().default(false),
});
const readRepository = reader(repositoryShape, 'a repository');

/** @param name `OWNER/NAME` */
export function openRepository(http: HttpClient, name: string, log: Log): Source {
  const [owner = '', repository = ''] = name.split('/');
  const home = pathOf`/repos/${owner}/${repository}`;
  let creator: string | undefined;

  /** An answer without a success is among {@link REFUSALS}, or what the request expects. */
  async function send(request: HttpRequest, { signal, reference }: CallContext): Promise<HttpAnswer> {
    return await http.request({ ...request, expect: [...REFUSALS, ...(request.expect ?? [])], reference }, signal);
  }

  async function ask(request: HttpRequest, context: CallContext): Promise<HttpAnswer> {
    const answer = await send(request, context);
    if (answer.status === 404) throw asUnseen(name);
    if (answer.status >= 400) throw asRefusal(answer);
    return answer;
  }

  /** https://docs.github.com/en/rest/users/users#get-the-authenticated-user; the token of an app has none. */
  async function user(context: CallContext): Promise<string | undefined> {
    if (creator !== undefined) return creator;
    const answer = await send({ path: '/user' }, context);
    if (answer.status === 403 || answer.status === 404) return undefined;
    if (answer.status >= 400) throw asRefusal(answer);
    creator = readUser(answer).login;
    return creator;
  }

  /** What a repository is called that GitHub names by its number only. */
  async function newName(answer: HttpAnswer, { signal, reference }: CallContext): Promise<string | undefined> {
    const path = /^(https?:\/\/.+\/repositories\/\d+)(?:\/|$)/.exec(answer.header('location') ?? '')?.[1];
    if (path === undefined) return undefined;
    try {
      return readRepository(await http.request({ path, reference }, signal)).full_name;
    } catch {
      return undefined;
    }
  }

  return {
    /** https://docs.github.com/en/rest/repos/repos#get-a-repository, which follows a repository that has moved. */
    async check(context) {
      const { full_name, has_issues, archived } = readRepository(await ask({ path: home }, context));
      if (full_name.toLowerCase() !== name.toLowerCase()) throw asMoved(name, full_name);
      if (has_issues && !archived) return;
      const why = archived ? 'is archived' : 'has its issues turned off';
      throw new SourceError('rejected', `the repository ${full_name} ${why}`, { remedy: 'name another repository' });
    },

    /** https://docs.github.com/en/rest/issues/issues#create-an-issue */
    async push(request, context) {
      const wanted = newIssue(request);
      const call = { method: 'POST', path: `${home}/issues`, json: wanted, expect: REDIRECTS } as const;
      const answer = await ask(call, context);
      if (answer.status >= 300) throw asMoved(name, await newName(answer, context));
      const issue = readIssue(answer);
      const dropped = missing(wanted.labels, issue.labels) + missing(wanted.assignees, issue.assignees);
      if (dropped > 0) {
        const fields = { dropped, issue: issue.number, reference: context.reference };
        log.warn(fields, 'GitHub left out labels or assignees: the token needs write access for them');
      }
      return receiptOf(issue);
    },

    /**
     * https://docs.github.com/en/rest/issues/issues#list-repository-issues: the newest issues first, of the token's own
     * user. The list comes from the database; the search would come from an index that follows some time later.
     */
    async findPush({ reference }, context) {
      const oldest = Date.now() - OLDEST_MS;
      const query = {
        ...{ state: 'all', sort: 'created', direction: 'desc', per_page: PER_PAGE },
        ...{ creator: await user(context), since: new Date(oldest).toISOString() },
      };
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const issues = readIssues(await ask({ path: `${home}/issues`, query: { ...query, page } }, context));
        const found = issues.find(({ body }) => body?.includes(markOf(reference)));
        if (found !== undefined) return receiptOf(found);
        const last = issues.at(-1);
        if (last === undefined || issues.length < PER_PAGE || Date.parse(last.created_at) < oldest) return undefined;
      }
      throw new SourceError(
        'rejected',
        'the repository has too many new issues to find out whether one of them is this one',
      );
    },

    /** https://docs.github.com/en/rest/issues/issues#get-an-issue: 404 or 410 when it was deleted, a redirect when it was transferred. */
    async details(id, context) {
      const answer = await send({ path: `${home}/issues/${id}` }, context);
      if (answer.status === 404 || answer.status === 410) {
        // What the token may not see is a 404 too: then the repository is gone as well.
        await ask({ path: home }, context);
        return undefined;
      }
      if (answer.status >= 400) throw asRefusal(answer);
      const issue = readIssue(answer);
      const { rows, ...details } = detailsOf(issue);
      // Of an issue that was transferred GitHub sends this call on too.
      const path = `${home}/issues/${id}/comments`;
      const read = async (limited: CallContext) =>
        commentRows(commentsIn(await ask({ path, query: lastPage(issue.comments) }, limited)));
      const more = issue.comments === 0 ? [] : await moreRows(NEWEST_COMMENTS, read, context, log);
      return { ...details, rows: [...rows, ...more] };
    },

    close: () => http.close(),
  };
}

function receiptOf({ number, html_url }: Issue): PushReceipt {
  return { id: String(number), link: html_url };
}

/** How many of the names were not taken. GitHub's names have no case. */
function missing(wanted: readonly string[] = [], taken: readonly string[]): number {
  const known = new Set(taken.map((name) => name.toLowerCase()));
  return wanted.filter((name) => !known.has(name.toLowerCase())).length;
}
