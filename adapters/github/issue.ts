/** One push as an issue, and how an issue stands. */

import * as z from 'zod';
import { type Details, type PushRequest, SourceError } from '../../src/contract/index.ts';
import { readerFor, webAddress } from '../../src/kit/http/index.ts';
import { dateIn, namesIn, plainText, shortLine, shortText, someOf } from '../../src/kit/text/index.ts';

/** GitHub: "title is too long (maximum is 256 characters)", "body is too long (maximum is 65536 characters)". */
const LONGEST_TITLE = 256;
const LONGEST_BODY = 65_536;

const named = z.object({ name: z.string() });
const person = z.object({ login: z.string().min(1) });
const time = z.iso.datetime({ offset: true });

const issue = z.object({
  number: z.int().positive(),
  html_url: webAddress,
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  state_reason: z.string().nullish(),
  labels: z.array(z.union([z.string(), named.transform(({ name }) => name)])).default([]),
  assignees: z
    .array(person.transform(({ login }) => login))
    .nullish()
    .transform((people) => people ?? []),
  milestone: z.object({ title: z.string() }).nullish(),
  comments: z.int().default(0),
  created_at: time,
  updated_at: time.nullish(),
  closed_at: time.nullish(),
});

/** https://docs.github.com/en/rest/issues/issues#get-an-issue */
export type Issue = z.output<typeof issue>;

/** Makes readers of GitHub's answers. */
export const reader = readerFor('GitHub', 'check url and apiVersion');
export const readIssue = reader(issue, 'an issue');
export const readIssues = reader(z.array(issue), 'a list of issues');

/** What is sent; https://docs.github.com/en/rest/issues/issues#create-an-issue. @throws {SourceError} `rejected` for a milestone that is no number */
export function newIssue(request: PushRequest) {
  const { labels = '', assignees = '', milestone, type } = request.fields;
  // What is undefined is left out of JSON.
  return {
    title: shortLine(plainText(request.title), LONGEST_TITLE),
    body: bodyOf(request),
    labels: someOf(listOf(labels)),
    assignees: someOf(listOf(assignees).map((name) => name.replace(/^@/, ''))),
    milestone: milestone === undefined ? undefined : milestoneOf(milestone),
    type,
  };
}

/** The line of the body that nobody sees, by which an issue is found again. */
export function markOf(reference: string): string {
  return `<!-- helpspot: ${reference} -->`;
}

function bodyOf({ body, link, reference }: PushRequest): string {
  const mark = `\n\n${markOf(reference)}`;
  const way = link === undefined ? '' : `\n\n[${link.text}](<${link.href}>)`;
  // Something must stay of what no text has: `@` and a name that it kept apart would be a mention.
  const legal = withoutBacklinks(plainText(body, '\uFFFD'));
  const text = shortText(legal, LONGEST_BODY - way.length - mark.length);
  const back = link === undefined || text.includes(link.href) ? '' : way;
  return `${text}${back}${mark}`;
}

const GITHUB_PLACE = /\bhttps?:\/\/(?:www\.)?github\.com\/(?=[\w.-]+\/[\w.-]+\/(?:issues|pull|discussions|commit)\/)/gi;

/**
 * GitHub notes at an issue that another one links to it. What a customer links to is no business of whoever owns that
 * issue: Dependabot's way, an address that leads to the same page and leaves no note. Mentions and `#12` have been taken
 * care of where the request was written as Markdown.
 */
function withoutBacklinks(body: string): string {
  return body.replace(GITHUB_PLACE, 'https://redirect.github.com/');
}

function milestoneOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new SourceError('rejected', `the milestone "${text.slice(0, 60)}" is no number`, {
    unsent: true,
    remedy: 'write the number in the address of the milestone: /milestone/3',
  });
}

function listOf(text: string): readonly string[] {
  return namesIn(plainText(text), /[,\n]/);
}

/** How an issue stands: title, link and rows. */
export function detailsOf({ number, title, html_url, milestone, comments, ...issue }: Issue): Details {
  return {
    title: `#${number} ${title}`,
    link: html_url,
    rows: [
      { label: 'State', value: stateOf(issue) },
      { label: 'Assigned to', value: someOf(issue.assignees) ?? 'nobody' },
      { label: 'Labels', value: someOf(issue.labels) },
      { label: 'Milestone', value: milestone?.title },
      { label: 'Comments', value: comments || undefined },
      { label: 'Opened', value: dateIn(issue.created_at) },
      { label: 'Updated', value: dateIn(issue.updated_at) },
      { label: 'Closed', value: dateIn(issue.closed_at) },
    ],
  };
}

/** `closed (not planned)` */
function stateOf({ state, state_reason }: Pick<Issue, 'state' | 'state_reason'>): string {
  return state_reason == null || state === 'open' ? state : `${state} (${state_reason.replaceAll('_', ' ')})`;
}
