/** How an issue stands. */
import type { Details } from '../../src/contract/index.ts';
import type { Issue } from './wire.ts';

/** Title, link and rows. */
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
