/**
 * GitHub's issues: https://docs.github.com/en/rest/issues/issues, with the errors of
 * https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';

/** An issue as it was made. */
export interface GithubIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly user: string;
  labels: string[];
  assignees: string[];
  milestone: number | null;
  state: 'open' | 'closed';
  state_reason: string | null;
  comments: number;
  readonly created_at: string;
  updated_at: string;
  closed_at: string | null;
}

/** A GitHub that runs. */
export interface Github {
  readonly url: string;
  /** Of a source of the adapter. */
  readonly settings: { readonly url: string; readonly repository: string; readonly token: string };
  readonly issues: GithubIssue[];
  /** Comments, in the order of their ids. */
  readonly said: {
    readonly issue: number;
    readonly user: string | null;
    readonly body: string;
    readonly created_at: string;
  }[];
  /** Without it labels and assignees are dropped, as the documentation says. */
  mayWrite: boolean;
  /** The token is an app's: it has no user. */
  isApp: boolean;
  repository: { name: string; hasIssues: boolean; archived: boolean };
  readonly standIn: StandIn;
}

const TOKEN = 'github_pat_11AAAAAAA0abcdefghij';
const NUMBER = 1296269;
const VERSIONS = ['2022-11-28', '2026-03-10'];
const USERS = ['octocat', 'hubot', 'helpspot-bot'];
const ME = 'helpspot-bot';

/** Starts a GitHub with the repository example/website. */
export async function startGithub(): Promise<Github> {
  const standIn = await startStandIn((request) => answer(request, github));
  const github: Github = {
    url: standIn.url,
    settings: { url: standIn.url, repository: 'example/website', token: TOKEN },
    issues: [],
    said: [],
    mayWrite: true,
    isApp: false,
    repository: { name: 'example/website', hasIssues: true, archived: false },
    standIn,
  };
  return github;
}

function refused(status: number, message: string, more: object = {}): Reply {
  return {
    status,
    body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status), ...more },
  };
}

const NOT_FOUND = () => refused(404, 'Not Found');

function answer(request: Received, github: Github): Reply {
  const { headers, path } = request;
  if (headers['user-agent'] === undefined) return { status: 403, body: 'Request forbidden by administrative rules.' };
  if (headers.authorization !== `Bearer ${TOKEN}`) return refused(401, 'Bad credentials');
  if (!VERSIONS.includes(String(headers['x-github-api-version']))) return refused(400, 'API version is not supported');
  if (path === '/user') {
    return github.isApp ? refused(403, 'Resource not accessible by integration') : { body: { login: ME, id: 7 } };
  }
  const [, name, rest = ''] = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(path) ?? [];
  const byNumber = path.startsWith(`/repositories/${NUMBER}`);
  if (name === 'example/old') {
    const location = `${github.url}/repositories/${NUMBER}${rest}`;
    return { ...refused(301, 'Moved Permanently', { url: location }), headers: { location } };
  }
  if (!byNumber && name?.toLowerCase() !== github.repository.name.toLowerCase()) return NOT_FOUND();
  return ofRepository(request, github, byNumber ? path.slice(`/repositories/${NUMBER}`.length) : rest);
}

function ofRepository(request: Received, github: Github, path: string): Reply {
  const { name, hasIssues, archived } = github.repository;
  if (path === '') return { body: { id: NUMBER, full_name: name, has_issues: hasIssues, archived, private: true } };
  if (!hasIssues) return refused(410, 'Issues are disabled for this repo');
  if (path === '/issues') return request.method === 'POST' ? create(request, github) : list(request, github);
  const [, commented] = /^\/issues\/(\d+)\/comments$/.exec(path) ?? [];
  if (commented !== undefined) return commentsOf(request, github, Number(commented));
  const issue = github.issues.find(({ number }) => path === `/issues/${number}`);
  return issue === undefined ? NOT_FOUND() : { body: shown(issue, github) };
}

/** https://docs.github.com/en/rest/issues/issues#create-an-issue */
function create(request: Received, github: Github): Reply {
  const given: Record<string, unknown> = JSON.parse(request.text());
  const { title, body = null, labels = [], assignees = [], milestone = null } = given;
  const errors: object[] = [];
  const wrong = (field: string, code: string, more: object = {}) =>
    errors.push({ resource: 'Issue', field, code, ...more });
  if (typeof title !== 'string' || title.trim() === '') wrong('title', 'missing_field');
  else if (Array.from(title).length > 256)
    wrong('title', 'custom', { message: 'title is too long (maximum is 256 characters)' });
  if (body !== null && typeof body !== 'string')
    return refused(422, "Invalid request.\n\nFor 'properties/body' is not a string.");
  if (Array.from(body ?? '').length > 65_536) {
    wrong('body', 'custom', { message: 'body is too long (maximum is 65536 characters)' });
  }
  if (!isTexts(labels) || !isTexts(assignees)) return refused(422, 'Invalid request.');
  for (const value of assignees) if (!USERS.includes(value)) wrong('assignees', 'invalid', { value });
  if (milestone !== null && milestone !== 3) wrong('milestone', 'invalid', { value: String(milestone) });
  if (errors.length > 0) return refused(422, 'Validation Failed', { errors });
  const now = new Date().toISOString();
  const issue: GithubIssue = {
    number: github.issues.length + 1,
    title: String(title),
    body,
    user: ME,
    labels: github.mayWrite ? labels : [],
    assignees: github.mayWrite ? assignees : [],
    milestone: github.mayWrite && milestone === 3 ? 3 : null,
    ...{ state: 'open', state_reason: null, comments: 0, created_at: now, updated_at: now, closed_at: null },
  };
  github.issues.push(issue);
  return { status: 201, body: shown(issue, github) };
}

/** https://docs.github.com/en/rest/issues/comments#list-issue-comments: "ordered by ascending ID", 30 a page, at most 100. */
function commentsOf({ query }: Received, github: Github, number: number): Reply {
  const size = Math.min(Number(query.get('per_page') ?? 30), 100);
  const from = (Number(query.get('page') ?? 1) - 1) * size;
  const all = github.said.filter((one) => one.issue === number).slice(from, from + size);
  return {
    body: all.map(({ issue: _issue, user, ...comment }) => ({
      ...comment,
      user: user === null ? null : { login: user },
    })),
  };
}

/** Somebody says something at an issue. */
export function sayAtIssue(
  github: Github,
  number: number,
  body: string,
  created_at: string,
  user: string | null,
): void {
  const issue = github.issues.find((one) => one.number === number);
  if (issue === undefined) throw new Error('no such issue');
  issue.comments += 1;
  github.said.push({ issue: number, user, body, created_at });
}

/** https://docs.github.com/en/rest/issues/issues#list-repository-issues */
function list({ query }: Received, github: Github): Reply {
  const size = Math.min(Number(query.get('per_page') ?? 30), 100);
  const from = (Number(query.get('page') ?? 1) - 1) * size;
  const found = github.issues
    .filter(({ state }) => query.get('state') === 'all' || state === (query.get('state') ?? 'open'))
    .filter(({ user }) => (query.get('creator') ?? user) === user)
    .filter(({ updated_at }) => updated_at >= (query.get('since') ?? ''))
    .sort((one, other) => other.number - one.number);
  return { body: found.slice(from, from + size).map((issue) => shown(issue, github)) };
}

function shown({ user, labels, assignees, milestone, ...issue }: GithubIssue, github: Github): object {
  return {
    ...issue,
    html_url: `https://github.com/${github.repository.name}/issues/${issue.number}`,
    user: { login: user },
    labels: labels.map((name) => ({ id: 1, name, color: 'f29513' })),
    assignees: assignees.map((login) => ({ login })),
    milestone: milestone === null ? null : { number: milestone, title: 'v1.0' },
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
