/**
 * The calls. Cloud: https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/ (version 3);
 * Data Center: https://developer.atlassian.com/server/jira/platform/rest/ (version 2).
 */
import { type CallContext, type Link, type PushFile, SourceError } from '../../src/contract/index.ts';
import { type HttpAnswer, type HttpClient, type HttpRequest, pathOf } from '../../src/kit/http/index.ts';
import { asRefusal, STATUSES } from './failures.ts';
import type { IssueFields } from './issue.ts';
import type { Settings } from './settings.ts';
import type { Attachment, FieldSchema, Issue } from './wire.ts';

const DETAILS = 'summary,status,issuetype,priority,assignee,resolution,labels,duedate,updated';

/** `Basic` for an account with an API token or a password, `Bearer` for a personal access token. */
export function credentialsOf({ edition, user = '', token, password }: Settings): string {
  if (edition === 'data-center' && token !== undefined) return `Bearer ${token}`;
  return `Basic ${Buffer.from(`${user}:${token ?? password ?? ''}`).toString('base64')}`;
}

/** One Jira, for one account. */
export class Jira {
  readonly #http: HttpClient;
  readonly #settings: Settings;
  readonly #api: string;

  constructor(http: HttpClient, settings: Settings) {
    this.#http = http;
    this.#settings = settings;
    this.#api = settings.edition === 'cloud' ? '/rest/api/3' : '/rest/api/2';
  }

  /** The account, the project and its issue type, and the permission to make issues there. */
  async check(context: CallContext): Promise<void> {
    const { project, issueType, edition } = this.#settings;
    const { readMyself, readPermissions, readProject } = await import('./wire.ts');
    readMyself(await this.#ask({ path: `${this.#api}/myself` }, context));
    const answer = await this.#ask({ path: this.#api + pathOf`/project/${project}`, expect: [404] }, context);
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
    const query = { projectKey: project, ...(edition === 'cloud' ? { permissions: 'CREATE_ISSUES' } : {}) };
    const granted = readPermissions(await this.#ask({ path: `${this.#api}/mypermissions`, query }, context));
    if (granted.permissions['CREATE_ISSUES']?.havePermission === false) {
      throw new SourceError('unauthorized', `the account may not make issues in the project ${project}`, {
        remedy: 'give it the permission Create issues',
      });
    }
  }

  /** …/api-group-issues/#api-rest-api-3-issue-post */
  async create(fields: IssueFields, context: CallContext): Promise<{ key: string }> {
    const answer = await this.#ask({ method: 'POST', path: `${this.#api}/issue`, json: { fields } }, context);
    const { readCreated } = await import('./wire.ts');
    return readCreated(answer);
  }

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
    const path = this.#api + pathOf`/issue/${key}/remotelink`;
    await this.#ask({ method: 'POST', path, json, repeatable: true }, context);
  }

  /** …/api-group-issue-attachments/#api-rest-api-3-issue-issueidorkey-attachments-post */
  async attach(key: string, { name, type, bytes }: PushFile, context: CallContext): Promise<void> {
    const form = new FormData();
    const plainType = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(type) ? type : 'application/octet-stream';
    form.append('file', new Blob([new Uint8Array(bytes ?? [])], { type: plainType }), name);
    const path = this.#api + pathOf`/issue/${key}/attachments`;
    const headers = { 'x-atlassian-token': 'no-check' };
    await this.#ask({ method: 'POST', path, multipart: form, headers }, context);
  }

  /** Cloud: …/api-group-issue-search/#api-rest-api-3-search-jql-post. Data Center: POST /rest/api/2/search. */
  async search(jql: string, context: CallContext) {
    const json = { jql, fields: ['labels', 'description'], maxResults: 20 };
    const path = this.#settings.edition === 'cloud' ? `${this.#api}/search/jql` : `${this.#api}/search`;
    const answer = await this.#ask({ method: 'POST', path, json, repeatable: true }, context);
    const { readFound } = await import('./wire.ts');
    return readFound(answer).issues;
  }

  /** …/api-group-issues/#api-rest-api-3-issue-issueidorkey-get; what may not be seen is a 404 too. */
  async read(key: string, context: CallContext): Promise<Issue | undefined> {
    if (!/^[A-Z][A-Z0-9_]*-\d+$/.test(key)) return undefined;
    const request = { path: this.#api + pathOf`/issue/${key}`, query: { fields: DETAILS }, expect: [404] };
    const answer = await this.#ask(request, context);
    const { readIssue, readMyself } = await import('./wire.ts');
    if (answer.status !== 404) return readIssue(answer);
    // An account that Jira does not know sees no issue either.
    readMyself(await this.#ask({ path: `${this.#api}/myself` }, context));
    return undefined;
  }

  /** What is attached to an issue: from the issue itself, which no index is behind. */
  async attachments(key: string, context: CallContext): Promise<readonly Attachment[]> {
    const answer = await this.#ask(
      { path: this.#api + pathOf`/issue/${key}`, query: { fields: 'attachment' } },
      context,
    );
    const { readAttachments } = await import('./wire.ts');
    return readAttachments(answer).fields.attachment ?? [];
  }

  /** …/api-group-issue-fields/#api-rest-api-3-field-get */
  async fields(context: CallContext): Promise<ReadonlyMap<string, FieldSchema>> {
    const answer = await this.#ask({ path: `${this.#api}/field` }, context);
    const { readFields } = await import('./wire.ts');
    return new Map(readFields(answer).flatMap(({ id, schema }) => (schema == null ? [] : [[id, schema] as const])));
  }

  async #ask(request: HttpRequest, { signal, reference }: CallContext): Promise<HttpAnswer> {
    const answer = await this.#http.request({ ...request, expect: STATUSES, reference }, signal);
    if (answer.status < 300 || request.expect?.includes(answer.status)) return answer;
    throw asRefusal(answer, this.#settings);
  }
}
