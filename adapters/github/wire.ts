/** What GitHub's answers look like, as much as is used. Loaded with the first answer. */

import * as z from 'zod';
import { readerFor } from '../../src/kit/http/index.ts';

const user = z.object({ login: z.string().min(1) });
const named = z.object({ name: z.string() });
const names = z.array(z.union([z.string(), named.transform(({ name }) => name)]));
const time = z.iso.datetime({ offset: true });

const issue = z.object({
  number: z.int().positive(),
  html_url: z.url({ protocol: /^https?$/ }),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  state_reason: z.string().nullish(),
  labels: names.default([]),
  assignees: z
    .array(user)
    .nullish()
    .transform((people) => (people ?? []).map(({ login }) => login)),
  milestone: z.object({ title: z.string() }).nullish(),
  comments: z.int().default(0),
  created_at: time,
  updated_at: time.nullish(),
  closed_at: time.nullish(),
});

/** https://docs.github.com/en/rest/issues/issues#get-an-issue */
export type Issue = z.output<typeof issue>;

const repository = z.object({
  full_name: z.string().min(1),
  has_issues: z.boolean().default(true),
  archived: z.boolean().default(false),
});

const reader = readerFor('GitHub', 'check url and apiVersion');

/** @throws {SourceError} `bad-response`, as everything here */
export const readIssue = reader(issue, 'an issue');
export const readIssues = reader(z.array(issue), 'a list of issues');
export const readUser = reader(user, 'a user');
export const readRepository = reader(repository, 'a repository');
