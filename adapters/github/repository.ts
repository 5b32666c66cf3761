/** The calls to the issues of one repository. https://docs.github.com/en/rest/issues/issues */
import { type CallContext, SourceError } from '../../src/contract/index.ts';
import { type HttpAnswer, type HttpClient, type HttpRequest, pathOf, REDIRECTS } from '../../src/kit/http/index.ts';
import { asMoved, asRefusal, asUnseen } from './failures.ts';
import { markOf, type NewIssue } from './issue.ts';
import type { Settings } from './settings.ts';
import type { Issue } from './wire.ts';

const REFUSALS = [403, 404, 410, 422, 429] as const;
/** A push is given up after so long at most. */
const OLDEST_MS = 30 * 86_400_000;
const PER_PAGE = 100;
const MOST_PAGES = 20;

/** The issues of a repository. */
export class Repository {
  readonly #http: HttpClient;
  readonly #name: string;
  readonly #path: string;
  #creator: string | undefined;

  constructor(http: HttpClient, { repository: name }: Pick<Settings, 'repository'>) {
    const [owner = '', repository = ''] = name.split('/');
    this.#http = http;
    this.#name = name;
    this.#path = pathOf`/repos/${owner}/${repository}`;
  }

  /** https://docs.github.com/en/rest/repos/repos#get-a-repository, which follows a repository that has moved. */
  async check(context: CallContext): Promise<void> {
    const answer = await this.#ask({ path: this.#path }, context);
    const { readRepository } = await import('./wire.ts');
    const { full_name, has_issues, archived } = readRepository(answer);
    if (full_name.toLowerCase() !== this.#name.toLowerCase()) throw asMoved(this.#name, full_name);
    if (!has_issues || archived) {
      const why = archived ? 'is archived' : 'has its issues turned off';
      throw new SourceError('rejected', `the repository ${full_name} ${why}`, { remedy: 'name another repository' });
    }
  }

  /** https://docs.github.com/en/rest/issues/issues#create-an-issue */
  async create(issue: NewIssue, context: CallContext): Promise<Issue> {
    const path = `${this.#path}/issues`;
    const answer = await this.#ask({ method: 'POST', path, json: issue, expect: REDIRECTS }, context);
    if (answer.status >= 300) throw asMoved(this.#name, await this.#newName(answer, context));
    const { readIssue } = await import('./wire.ts');
    return readIssue(answer);
  }

  /**
   * https://docs.github.com/en/rest/issues/issues#list-repository-issues: the newest issues first, of the token's own
   * user. The list comes from the database; the search would come from an index that follows some time later.
   */
  async find(reference: string, context: CallContext): Promise<Issue | undefined> {
    const oldest = Date.now() - OLDEST_MS;
    const query = {
      ...{ state: 'all', sort: 'created', direction: 'desc', per_page: PER_PAGE },
      ...{ creator: await this.#user(context), since: new Date(oldest).toISOString() },
    };
    const { readIssues } = await import('./wire.ts');
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const issues = readIssues(await this.#ask({ path: `${this.#path}/issues`, query: { ...query, page } }, context));
      const found = issues.find(({ body }) => body?.includes(markOf(reference)));
      if (found !== undefined) return found;
      const last = issues.at(-1);
      if (last === undefined || issues.length < PER_PAGE || Date.parse(last.created_at) < oldest) return undefined;
    }
    throw new SourceError(
      'rejected',
      'the repository has too many new issues to find out whether one of them is this one',
    );
  }

  /** https://docs.github.com/en/rest/issues/issues#get-an-issue: 404 or 410 when it was deleted, a redirect when it was transferred. */
  async read(id: string, context: CallContext): Promise<Issue | undefined> {
    if (!/^\d{1,15}$/.test(id)) return undefined;
    const answer = await this.#http.request(
      { path: `${this.#path}/issues/${id}`, expect: REFUSALS, reference: context.reference },
      context.signal,
    );
    if (answer.status === 404 || answer.status === 410) {
      // What the token may not see is a 404 too: then the repository is gone as well.
      await this.#ask({ path: this.#path }, context);
      return undefined;
    }
    if (answer.status >= 400) throw asRefusal(answer);
    const { readIssue } = await import('./wire.ts');
    return readIssue(answer);
  }

  /** https://docs.github.com/en/rest/users/users#get-the-authenticated-user; the token of an app has none. */
  async #user(context: CallContext): Promise<string | undefined> {
    if (this.#creator !== undefined) return this.#creator;
    const { signal, reference } = context;
    const answer = await this.#http.request({ path: '/user', expect: REFUSALS, reference }, signal);
    if (answer.status === 403 || answer.status === 404) return undefined;
    if (answer.status >= 400) throw asRefusal(answer);
    const { readUser } = await import('./wire.ts');
    this.#creator = readUser(answer).login;
    return this.#creator;
  }

  async #ask(request: HttpRequest, { signal, reference }: CallContext): Promise<HttpAnswer> {
    const expect = [...REFUSALS, ...(request.expect ?? [])];
    const answer = await this.#http.request({ ...request, expect, reference }, signal);
    if (answer.status === 404) throw asUnseen(this.#name);
    if (answer.status >= 400) throw asRefusal(answer);
    return answer;
  }

  /** What a repository is called that GitHub names by its number only. */
  async #newName(answer: HttpAnswer, { signal, reference }: CallContext): Promise<string | undefined> {
    const path = /^(https?:\/\/.+\/repositories\/\d+)(?:\/|$)/.exec(answer.header('location') ?? '')?.[1];
    if (path === undefined) return undefined;
    try {
      const { readRepository } = await import('./wire.ts');
      return readRepository(await this.#http.request({ path, reference }, signal)).full_name;
    } catch {
      return undefined;
    }
  }
}
