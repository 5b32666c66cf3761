/** What Jira's answers look like, as much as is used. Loaded with the first answer. */

import * as z from 'zod';
import { readerFor } from '../../src/kit/http/index.ts';

const key = z.string().regex(/^[A-Z][A-Z0-9_]*-\d+$/);
const named = z.object({ name: z.string() });
const person = z.object({ displayName: z.string() });

const created = z.object({ key });

const attachment = z.object({ filename: z.string(), size: z.number() });

const found = z.object({
  issues: z.array(
    z.object({
      key,
      fields: z.object({
        labels: z.array(z.string()).nullish(),
        description: z.unknown(),
      }),
    }),
  ),
});

const attachments = z.object({ fields: z.object({ attachment: z.array(attachment).nullish() }) });

const issue = z.object({
  key,
  fields: z.object({
    summary: z.string().nullish(),
    status: named.nullish(),
    issuetype: named.nullish(),
    priority: named.nullish(),
    resolution: named.nullish(),
    assignee: person.nullish(),
    labels: z.array(z.string()).nullish(),
    duedate: z.string().nullish(),
    updated: z.string().nullish(),
  }),
});

const schema = z.object({ type: z.string(), items: z.string().optional(), custom: z.string().optional() });
const field = z.object({ id: z.string(), schema: schema.nullish() });

const project = z.object({
  key: z.string(),
  issueTypes: z.array(z.object({ id: z.string(), name: z.string() })).nullish(),
});
const permissions = z.object({ permissions: z.record(z.string(), z.object({ havePermission: z.boolean() })) });

/** An attachment that is there. */
export type Attachment = z.output<typeof attachment>;
/** An issue for `details`. */
export type Issue = z.output<typeof issue>;
/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/#api-rest-api-3-field-get */
export type FieldSchema = z.output<typeof schema>;

const reader = readerFor('Jira', 'check url and edition');

/** @throws {SourceError} `bad-response`, as everything here */
export const readCreated = reader(created, 'a new issue');
export const readFound = reader(found, 'what a search finds');
export const readAttachments = reader(attachments, 'the attachments of an issue');
export const readIssue = reader(issue, 'an issue');
export const readFields = reader(z.array(field), 'its fields');
export const readProject = reader(project, 'a project');
export const readPermissions = reader(permissions, 'permissions');
/** The account that asks. */
export const readMyself = reader(person, 'the account');
