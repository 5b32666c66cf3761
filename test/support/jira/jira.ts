/**
 * Jira Cloud (https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/) and Jira Data Center
 * (https://developer.atlassian.com/server/jira/platform/rest/), as far as issues are made, found and shown.
 */
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';
import { fieldErrors, type GivenFields } from './validation.ts';

/** An issue as it was made. */
export interface JiraIssue {
  readonly key: string;
  readonly fields: GivenFields;
  /** By global id. */
  readonly links: Map<string, { readonly url: string; readonly title: string }>;
  readonly attachments: {
    readonly filename: string;
    readonly size: number;
    readonly bytes: Buffer;
    readonly type: string;
  }[];
  readonly comments: { readonly author: string; readonly created: string; readonly body: unknown }[];
  /** On the clock of `performance.now()`. */
  readonly madeAt: number;
  status: string;
  resolution: string | null;
}

/** A Jira that runs. */
export interface JiraStandIn {
  readonly url: string;
  /** Of a source of the adapter. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly issues: JiraIssue[];
  /** The highest number of an issue so far: numbers of issues that were deleted are not given again. */
  lastNumber: number;
  /** So late a new issue appears in searches; by its key it is there at once. Milliseconds. */
  searchLagMs: number;
  /** Issues that no search sees, whatever their age. */
  readonly unindexed: Set<string>;
  /** Of issues that were moved into another project: the key that they had → the one that they have. */
  readonly moved: Map<string, string>;
  /** Searches so far. */
  searches: number;
  /** Whether Labels is on the create screen. */
  hasLabels: boolean;
  mayCreate: boolean;
  mayLink: boolean;
  readonly standIn: StandIn;
}

type Edition = 'cloud' | 'data-center';

const ACCOUNT = { user: 'gateway@example.com', token: 'ATATT3xFfGF0abcdef123456' };
const PERSONAL_TOKEN = 'MDM0Njk5MDQ3ODk5OiVn';

/** Starts a Jira with the project HELP. */
export async function startJira(edition: Edition = 'cloud'): Promise<JiraStandIn> {
  const standIn = await startStandIn((request) => answer(request, jira, edition));
  const credentials = edition === 'cloud' ? ACCOUNT : { token: PERSONAL_TOKEN };
  const jira: JiraStandIn = {
    url: standIn.url,
    settings: { url: standIn.url, edition, project: 'HELP', ...credentials },
    issues: [],
    lastNumber: 0,
    searchLagMs: 0,
    unindexed: new Set(),
    moved: new Map(),
    searches: 0,
    hasLabels: true,
    mayCreate: true,
    mayLink: true,
    standIn,
  };
  return jira;
}

function refused(status: number, errorMessages: readonly string[], errors: object = {}): Reply {
  return { status, body: { errorMessages, errors } };
}

const UNSEEN = () => refused(404, ['Issue does not exist or you do not have permission to see it.']);

async function answer(request: Received, jira: JiraStandIn, edition: Edition): Promise<Reply> {
  const basic = `Basic ${Buffer.from(`${ACCOUNT.user}:${ACCOUNT.token}`).toString('base64')}`;
  const wanted = edition === 'cloud' ? basic : `Bearer ${PERSONAL_TOKEN}`;
  if (request.headers.authorization !== wanted) {
    const headers = { 'www-authenticate': 'OAuth realm=""', 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' };
    return { status: 401, headers, body: 'Client must be authenticated to access this resource.' };
  }
  const root = edition === 'cloud' ? '/rest/api/3' : '/rest/api/2';
  if (!request.path.startsWith(`${root}/`))
    return { status: 404, body: { message: 'null for uri', 'status-code': 404 } };
  return await routed(request, request.path.slice(root.length), jira, edition);
}

async function routed(request: Received, path: string, jira: JiraStandIn, edition: Edition): Promise<Reply> {
  const call = `${request.method} ${path}`;
  if (call === 'GET /myself') return { body: { displayName: 'HelpSpot gateway', active: true } };
  if (call === 'GET /field') return { body: FIELDS };
  if (call === 'GET /mypermissions') return permissions(request, jira, edition);
  if (path.startsWith('/project/')) return project(path);
  if (call === 'POST /issue') return create(request, jira, edition);
  if (call === (edition === 'cloud' ? 'POST /search/jql' : 'POST /search')) return search(request, jira);
  if (path === '/search')
    return refused(410, ['The requested API has been removed. Please migrate to /rest/api/3/search/jql.']);
  const [, key, rest = ''] = /^\/issue\/([^/]+)(\/\w+)?$/.exec(path) ?? [];
  const issue = jira.issues.find((one) => one.key === (jira.moved.get(key ?? '') ?? key));
  if (issue === undefined) return UNSEEN();
  if (rest === '/comment') return commentsOf(request, issue);
  if (rest === '/remotelink') return linked(request, issue, jira);
  if (rest === '/attachments') return await attached(request, issue);
  return { body: { id: '1', key: issue.key, self: `${jira.url}/x`, fields: shown(issue, jira) } };
}

const FIELDS = [
  { id: 'summary', name: 'Summary', custom: false, schema: { type: 'string', system: 'summary' } },
  { id: 'thumbnail', name: 'Images', custom: false },
  ...Object.entries({
    10010: { type: 'string', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:textfield' },
    10011: { type: 'string', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:textarea' },
    10012: { type: 'number', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:float' },
    10013: { type: 'option', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:select' },
    10014: { type: 'array', items: 'option', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:multiselect' },
    10015: { type: 'option-with-child', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:cascadingselect' },
    10016: { type: 'date', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:datepicker' },
    10017: { type: 'datetime', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:datetime' },
    10018: { type: 'user', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:userpicker' },
    10019: { type: 'array', items: 'string', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:labels' },
    10020: { type: 'sd-approvals', custom: 'com.atlassian.servicedesk.approvals-plugin:sd-approvals' },
  }).map(([number, schema]) => ({ id: `customfield_${number}`, name: `Field ${number}`, custom: true, schema })),
];

function permissions({ query }: Received, jira: JiraStandIn, edition: Edition): Reply {
  if (edition === 'cloud' && query.get('permissions') === null) {
    return refused(400, ['The "permissions" query parameter is required.']);
  }
  return { body: { permissions: { CREATE_ISSUES: { id: '11', havePermission: jira.mayCreate } } } };
}

function project(path: string): Reply {
  if (path !== '/project/HELP') return refused(404, [`No project could be found with key '${path.slice(9)}'.`]);
  const issueTypes = [
    { id: '10001', name: 'Task' },
    { id: '10002', name: 'Bug' },
  ];
  return { body: { id: '10000', key: 'HELP', name: 'Help', issueTypes } };
}

function create(request: Received, jira: JiraStandIn, edition: Edition): Reply {
  const { fields }: { fields: GivenFields } = JSON.parse(request.text());
  const errors = jira.mayCreate
    ? fieldErrors(fields, { edition, hasLabels: jira.hasLabels })
    : { project: 'You do not have permission to create issues in this project.' };
  if (Object.keys(errors).length > 0) return refused(400, [], errors);
  jira.lastNumber += 1;
  const key = `HELP-${jira.lastNumber}`;
  const made = { key, fields, madeAt: performance.now(), status: 'To Do', resolution: null };
  jira.issues.push({ ...made, links: new Map(), attachments: [], comments: [] });
  return { status: 201, body: { id: String(10_000 + jira.lastNumber), key, self: `${jira.url}/rest/api/x` } };
}

/** Cloud and Data Center: issues in the index only. Three queries are known, those of the adapter. */
function search(request: Received, jira: JiraStandIn): Reply {
  jira.searches += 1;
  const asked: { jql: string; fields?: string[]; maxResults?: number } = JSON.parse(request.text());
  const { jql, fields = [], maxResults = 50 } = asked;
  const newest = jql === 'project = "HELP" ORDER BY key DESC';
  const label = /^labels = "([\w-]+)" ORDER BY created ASC$/.exec(jql)?.[1];
  const phrase = /^description ~ "\\"([\w-]+)\\"" ORDER BY created ASC$/.exec(jql)?.[1];
  if (/^project = "(?!HELP")/.test(jql)) return refused(400, ["The value does not exist for the field 'project'."]);
  if (label === undefined && phrase === undefined && !newest) return refused(400, [`Error in the JQL Query: ${jql}`]);
  const isVisible = ({ key, madeAt }: JiraIssue) =>
    !jira.unindexed.has(key) && performance.now() >= madeAt + jira.searchLagMs;
  const visible = jira.issues.filter(isVisible);
  const matches = visible.filter((issue) =>
    label === undefined
      ? JSON.stringify(issue.fields['description'] ?? '').includes(phrase ?? '')
      : JSON.stringify(issue.fields['labels'] ?? []).includes(`"${label}"`),
  );
  const ofProject = visible.filter(({ key }) => key.startsWith('HELP-')).toReversed();
  const issues = (newest ? ofProject : matches).slice(0, maxResults).map((issue) => {
    return {
      id: '1',
      key: issue.key,
      fields: Object.fromEntries(fields.map((name) => [name, issue.fields[name] ?? null])),
    };
  });
  return { body: { issues, isLast: true } };
}

function linked(request: Received, issue: JiraIssue, jira: JiraStandIn): Reply {
  if (!jira.mayLink) return refused(403, ['You do not have permission to link issues.']);
  const { globalId, object }: { globalId?: string; object?: { url?: string; title?: string } } = JSON.parse(
    request.text(),
  );
  const { url, title } = object ?? {};
  if (url === undefined || title === undefined) return refused(400, [], { title: "'title' is required." });
  const id = globalId ?? `#${issue.links.size}`;
  const isNew = !issue.links.has(id);
  issue.links.set(id, { url, title });
  return { status: isNew ? 201 : 200, body: { id: 10_000, self: `${jira.url}/rest/api/x` } };
}

async function attached(request: Received, issue: JiraIssue): Promise<Reply> {
  if (request.headers['x-atlassian-token'] !== 'no-check') return { status: 403, body: 'XSRF check failed' };
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(new Uint8Array(request.body), { headers }).formData();
  const files = form.getAll('file').filter((part) => typeof part !== 'string');
  if (files.length === 0) return refused(400, ['No file was given.']);
  for (const file of files) {
    const bytes = Buffer.from(await file.arrayBuffer());
    issue.attachments.push({ filename: file.name, size: bytes.byteLength, bytes, type: file.type });
  }
  return { body: files.map(({ name, size }) => ({ id: '1', filename: name, size })) };
}

/** …/api-group-issue-comments/#api-rest-api-3-issue-issueidorkey-comment-get: the oldest first, unless asked otherwise. */
function commentsOf({ query }: Received, { comments }: JiraIssue): Reply {
  const given = comments.map(({ author, ...comment }) => ({ ...comment, author: { displayName: author } }));
  const ordered = query.get('orderBy') === '-created' ? given.toReversed() : given;
  return { body: { total: given.length, comments: ordered.slice(0, Number(query.get('maxResults') ?? 50)) } };
}

function shown({ fields, status, resolution, attachments }: JiraIssue, { url }: JiraStandIn): object {
  return {
    summary: fields['summary'],
    description: fields['description'] ?? null,
    status: { name: status },
    issuetype: { name: 'Task' },
    priority: fields['priority'] ?? { name: 'Medium' },
    assignee: fields['assignee'] === undefined ? null : { displayName: 'Ada Lovelace' },
    resolution: resolution === null ? null : { name: resolution },
    labels: fields['labels'] ?? [],
    duedate: fields['duedate'] ?? null,
    attachment: attachments.map(({ filename, size }, index) => ({
      ...{ id: String(index), filename, size },
      content: `${url}/rest/api/3/attachment/content/${index}`,
    })),
    updated: '2026-11-20T10:00:00.000+0100',
  };
}
