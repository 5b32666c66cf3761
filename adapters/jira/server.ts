/**
 * The calls. Cloud: https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/ (version 3);
 * Data Center: https://developer.atlassian.com/server/jira/platform/rest/ (version 2).
 */

import * as z from 'zod';
import { type CallContext, type Link, type PushFile, SourceError } from '../../src/contract/index.ts';
import { type HttpAnswer, type HttpClient, type HttpRequest, pathOf, readerFor } from '../../src/kit/http/index.ts';
import { asRefusal, STATUSES } from './failures.ts';
import type { Settings } from './settings.ts';

const REFERENCE_FIELDS = ['labels', 'description'] as const;
const DETAILS = 'summary,status,issuetype,priority,assignee,resolution,labels,duedate,updated,attachment';

const key = z.string().regex(/^[A-Z][A-Z0-9_]*-\d+$/);
const named = z.object({ name: z.string() });
const person = z.object({ displayName: z.string() });
const labels = z.array(z.string()).nullish();

const attachment = z.object({ filename: z.string(), size: z.number(), content: z.string().nullish() });
const comment = z.object({
  author: person.nullish(),
  created: z.string().nullish(),
  /** In Cloud a document, in Data Center wiki markup. */
  body: z.unknown(),
});
const comments = z.object({ comments: z.array(comment) });

const issue = z.object({
  key,
  fields: z.object({
    summary: z.string().nullish(),
    status: named.nullish(),
    issuetype: named.nullish(),
    priority: named.nullish(),
    resolution: named.nullish(),
    assignee: person.nullish(),
    labels,
    duedate: z.string().nullish(),
    updated: z.string().nullish(),
    attachment: z.array(attachment).nullish().catch(null),
  }),
});
const marked = z.object({ key, fields: z.object({ labels, description: z.unknown().optional() }) });
const found = z.object({ issues: z.array(marked) });
const attachments = z.object({ fields: z.object({ attachment: z.array(attachment).nullish() }) });
const schema = z.object({ type: z.string(), items: z.string().optional(), custom: z.string().optional() });
const project = z.object({
  key: z.string(),
  issueTypes: z.array(z.object({ id: z.string(), name: z.string() })).nullish(),
});
const permissions = z.object({ permissions: z.record(z.string(), z.object({ havePermission: z.boolean() })) });

/** An issue for `details`. */
export type Issue = z.output<typeof issue>;
/** What somebody said. */
export type JiraComment = z.output<typeof comment>;
/** Where the reference of an issue may stand. */
export type ReferenceFields = z.output<typeof marked>['fields'];
/** An attachment that is there. */
export type Attachment = z.output<typeof attachment>;
/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/#api-rest-api-3-field-get */
export type FieldSchema = z.output<typeof schema>;
/** `fields` of https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-post */
export type IssueFields = Readonly<Record<string, unknown>>;

const reader = readerFor('Jira', 'check url and edition');
const readCreated = reader(z.object({ key }), 'a new issue');
const readFound = reader(found, 'what a search finds');
const readMarked = reader(marked, 'an issue');
const readAttachments = reader(attachments, 'the attachments of an issue');
const readComments = reader(comments, 'the comments of an issue');
const readIssue = reader(issue, 'an issue');
const readFields = reader(z.array(z.object({ id: z.string(), schema: schema.nullish() })), 'its fields');
const readProject = reader(project, 'a project');
const readPermissions = reader(permissions, 'permissions');
const readMyself = reader(person, 'the account');

/** `Basic` for an account with an API token or a password, `Bearer` for a personal access token. */
export function credentialsOf({ edition, user = '', token, password }: Settings): string {
  if (edition === 'data-center' && token !== undefined) return `Bearer ${token}`;
  return `Basic ${Buffer.from(`${user}:${token ?? password ?? ''}`).toString('base64')}`;
}

/** One Jira, for one account. */
export type Jira = ReturnType<typeof createJira>;

/** Every call throws {@link SourceError}. */
export function createJira(http: HttpClient, settings: Settings) {
  const { edition } = settings;
  const api = edition === 'cloud' ? '/rest/api/3' : '/rest/api/2';
  const issuePath = (key: string) => api + pathOf`/issue/${key}`;

  async function ask(request: HttpRequest, { signal, reference }: CallContext): Promise<HttpAnswer> {
    const answer = await http.request({ ...request, expect: STATUSES, reference }, signal);
    if (answer.status < 300 || request.expect?.includes(answer.status)) return answer;
    throw asRefusal(answer, settings);
  }

  return {
    /** The account, the project and its issue type, and the permission to make issues there. */
    async check(context: CallContext): Promise<void> {
      const { project, issueType } = settings;
      readMyself(await ask({ path: `${api}/myself` }, context));
      const answer = await ask({ path: api + pathOf`/project/${project}`, expect: [404] }, context);
      if (answer.status === 404) {
        throw new SourceError('rejected', `Jira has no project ${project}, or does not show it to this account`, {
          remedy: 'check project, and give the account the permissions Browse projects and Create issues there',
        });
      }
      const types = readProject(answer).issueTypes ?? [];
      const isKnown = types.some(({ id, name }) => id === issueType || name.toLowerCase() === issueType.toLowerCase());
      if (types.length > 0 && !isKnown) {
        const names = types.map(({ name }) => name).join(', ');
        throw new SourceError('rejected', `the project ${project} has no issue type ${issueType}; it has ${names}`, {
          remedy: 'write one of them as issueType',
        });
      }
      // Data Center gives every permission, and does not know the second parameter.
      const query = { projectKey: project, permissions: edition === 'cloud' ? 'CREATE_ISSUES' : undefined };
      const granted = readPermissions(await ask({ path: `${api}/mypermissions`, query }, context));
      if (granted.permissions['CREATE_ISSUES']?.havePermission === false) {
        throw new SourceError('unauthorized', `the account may not make issues in the project ${project}`, {
          remedy: 'give it the permission Create issues',
        });
      }
    },

    /** …/api-group-issues/#api-rest-api-3-issue-post. @returns the key of the issue */
    async create(fields: IssueFields, context: CallContext): Promise<string> {
      return readCreated(await ask({ method: 'POST', path: `${api}/issue`, json: { fields } }, context)).key;
    },

    /**
     * …/api-group-issue-remote-links/#api-rest-api-3-issue-issueidorkey-remotelink-post: with a global id, a link that is
     * there already is changed instead of added.
     */
    async linkBack(key: string, link: Link, summary: string, context: CallContext): Promise<void> {
      const json = {
        globalId: `helpspot=${link.href}`.slice(0, 255),
        application: { type: 'com.helpspot', name: 'HelpSpot' },
        relationship: 'comes from',
        object: { url: link.href, title: link.text, summary },
      };
      await ask({ method: 'POST', path: `${issuePath(key)}/remotelink`, json, repeatable: true }, context);
    },

    /** …/api-group-issue-attachments/#api-rest-api-3-issue-issueidorkey-attachments-post */
    async attach(key: string, { name, type, bytes }: PushFile, context: CallContext): Promise<void> {
      const multipart = new FormData();
      const plainType = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(type) ? type : 'application/octet-stream';
      multipart.append('file', new Blob([new Uint8Array(bytes ?? [])], { type: plainType }), name);
      const headers = { 'x-atlassian-token': 'no-check' };
      await ask({ method: 'POST', path: `${issuePath(key)}/attachments`, multipart, headers }, context);
    },

    /** Cloud: …/api-group-issue-search/#api-rest-api-3-search-jql-post. Data Center: POST /rest/api/2/search. */
    async search(jql: string, context: CallContext) {
      const json = { jql, fields: REFERENCE_FIELDS, maxResults: 20 };
      const path = edition === 'cloud' ? `${api}/search/jql` : `${api}/search`;
      return readFound(await ask({ method: 'POST', path, json, repeatable: true }, context)).issues;
    },

    /** …/api-group-issues/#api-rest-api-3-issue-issueidorkey-get; what may not be seen is a 404 too. */
    async read(key: string, context: CallContext): Promise<Issue | undefined> {
      const answer = await ask({ path: issuePath(key), query: { fields: DETAILS }, expect: [404] }, context);
      if (answer.status !== 404) return readIssue(answer);
      // An account that Jira does not know sees no issue either.
      readMyself(await ask({ path: `${api}/myself` }, context));
      return undefined;
    },

    /** …/api-group-issue-comments/#api-rest-api-3-issue-issueidorkey-comment-get: the newest. Data Center orders them too. */
    async comments(key: string, context: CallContext): Promise<readonly JiraComment[]> {
      const query = { orderBy: '-created', maxResults: 3 };
      return readComments(await ask({ path: `${issuePath(key)}/comment`, query }, context)).comments;
    },

    /**
     * The same, as far as its reference goes. It comes from the database, which no index is behind.
     * @returns undefined where there is none, or none that may be seen; another key where the issue was moved
     */
    async reference(key: string, context: CallContext) {
      const query = { fields: REFERENCE_FIELDS.join(',') };
      const answer = await ask({ path: issuePath(key), query, expect: [404] }, context);
      return answer.status === 404 ? undefined : readMarked(answer);
    },

    /** What is attached to an issue: from the issue itself, which no index is behind. */
    async attachments(key: string, context: CallContext): Promise<readonly Attachment[]> {
      const answer = await ask({ path: issuePath(key), query: { fields: 'attachment' } }, context);
      return readAttachments(answer).fields.attachment ?? [];
    },

    /** …/api-group-issue-fields/#api-rest-api-3-field-get */
    async fields(context: CallContext): Promise<ReadonlyMap<string, FieldSchema>> {
      const fields = readFields(await ask({ path: `${api}/field` }, context));
      return new Map(fields.flatMap(({ id, schema }) => (schema == null ? [] : [[id, schema] as const])));
    },
  };
}
