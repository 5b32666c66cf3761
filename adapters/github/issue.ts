/** One push as an issue, and how an issue stands. */
import { type Details, type PushRequest, SourceError } from '../../src/contract/index.ts';
import { namesIn, plainText, shortLine, shortText } from '../../src/kit/text/index.ts';
import type { Issue } from './wire.ts';

/** GitHub: "title is too long (maximum is 256 characters)", "body is too long (maximum is 65536 characters)". */
const LONGEST_TITLE = 256;
const LONGEST_BODY = 65_536;

/** What is sent; https://docs.github.com/en/rest/issues/issues#create-an-issue */
export interface NewIssue {
  readonly title: string;
  readonly body: string;
  readonly labels?: readonly string[];
  readonly assignees?: readonly string[];
  readonly milestone?: number;
  readonly type?: string;
}

/** @throws {SourceError} `rejected` for a milestone that is no number */
export function newIssue(request: PushRequest): NewIssue {
  const { labels = '', assignees = '', milestone, type } = request.fields;
  const names = listOf(labels);
  const people = listOf(assignees).map((name) => name.replace(/^@/, ''));
  return {
    title: shortLine(plainText(request.title), LONGEST_TITLE),
    body: bodyOf(request),
    ...(names.length === 0 ? {} : { labels: names }),
    ...(people.length === 0 ? {} : { assignees: people }),
    ...(milestone === undefined ? {} : { milestone: milestoneOf(milestone) }),
    ...(type === undefined ? {} : { type }),
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
export function detailsOf(issue: Issue): Details {
  const { number, title, html_url, milestone, comments } = issue;
  return {
    title: `#${number} ${title}`,
    link: html_url,
    rows: [
      { label: 'State', value: stateOf(issue) },
      { label: 'Assigned to', value: issue.assignees.length === 0 ? 'nobody' : issue.assignees },
      { label: 'Labels', value: issue.labels.length === 0 ? undefined : issue.labels },
      { label: 'Milestone', value: milestone?.title },
      { label: 'Comments', value: comments === 0 ? undefined : comments },
      { label: 'Opened', value: new Date(issue.created_at) },
      { label: 'Updated', value: timeOf(issue.updated_at) },
      { label: 'Closed', value: timeOf(issue.closed_at) },
    ],
  };
}

/** `closed (not planned)` */
function stateOf({ state, state_reason }: Issue): string {
  return state_reason == null || state === 'open' ? state : `${state} (${state_reason.replaceAll('_', ' ')})`;
}

function timeOf(text: string | null | undefined): Date | undefined {
  return text == null ? undefined : new Date(text);
}
