/** How an issue stands. */
import type { Details } from '../../src/contract/index.ts';
import type { Issue } from './wire.ts';

/** Title, link and rows. Our own reference among the labels says nothing to anybody. */
export function detailsOf({ key, fields }: Issue, link: string): Details {
  const labels = (fields.labels ?? []).filter((label) => !/^hs-[\w-]{16,}$/.test(label));
  const updated = new Date(fields.updated ?? Number.NaN);
  return {
    title: `${key} ${fields.summary ?? ''}`.trim(),
    link,
    rows: [
      { label: 'Status', value: fields.status?.name },
      { label: 'Resolution', value: fields.resolution?.name },
      { label: 'Assigned to', value: fields.assignee?.displayName ?? 'nobody' },
      { label: 'Type', value: fields.issuetype?.name },
      { label: 'Priority', value: fields.priority?.name },
      { label: 'Labels', value: labels.length === 0 ? undefined : labels },
      { label: 'Due', value: fields.duedate ?? undefined },
      { label: 'Updated', value: Number.isNaN(updated.getTime()) ? undefined : updated },
    ],
  };
}
