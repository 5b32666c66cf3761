/**
 * Finds an issue by its reference. Jira's searches come from an index that follows the issues: in Cloud by design
 * (https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/: eventually consistent, "a few seconds to
 * minutes"), in Data Center from one node to the others
 * (https://confluence.atlassian.com/enterprise/jira-data-center-search-indexing-939499986.html). An issue that is asked
 * for by its key comes from the database, and the keys of a project count up: so those that the index may not have yet
 * are read one by one. That is a quick proof that an issue is there, and none that it is not: it may have been deleted or
 * be hidden, or others may have been made faster than they are read. So absence is for the gateway to decide, which looks
 * again.
 */
import type { CallContext, PushRequest } from '../../src/contract/index.ts';
import type { Jira, ReferenceFields } from './server.ts';
import { PROJECT_KEY, type Settings } from './settings.ts';
import { legalLine } from './text.ts';

/** After the newest key that the index has; a help desk makes no more issues within some minutes. */
const MOST_AHEAD = 20;
/** Keys without an issue in a row, of issues that were deleted or moved: after so many there are no newer ones. */
const LONGEST_GAP = 10;
/** Between keys that the index has. */
const MOST_BETWEEN = 20;
/** What is left of the attempt is for the issue that was found. */
const LONGEST_READING_MS = 10_000;

/** @returns the key. @throws {SourceError} */
export async function findIssue(
  jira: Jira,
  settings: Pick<Settings, 'reference' | 'project'>,
  { reference, fields }: PushRequest,
  context: CallContext,
): Promise<string | undefined> {
  const isLabel = settings.reference === 'label';
  // The reference has letters, digits and dashes only.
  const condition = isLabel ? `labels = "${reference}"` : `description ~ "\\"${reference}\\""`;
  const isIt = ({ labels, description }: ReferenceFields) =>
    isLabel ? labels?.includes(reference) === true : JSON.stringify(description ?? '').includes(reference);
  const searched = await jira.search(`${condition} ORDER BY created ASC`, context);
  const found = searched.find((issue) => isIt(issue.fields));
  if (found !== undefined) return found.key;
  // A template may have made anything of it.
  const project = legalLine(fields['project'] ?? settings.project);
  return PROJECT_KEY.test(project) ? amongNewest(jira, project, isIt, context) : undefined;
}

/** Reads the issues that the index may lack: those after its newest, then those between its newest. */
async function amongNewest(
  jira: Jira,
  project: string,
  isIt: (fields: ReferenceFields) => boolean,
  context: CallContext,
): Promise<string | undefined> {
  const end = performance.now() + LONGEST_READING_MS;
  // By key, not by time: an issue that was moved here is older than its key.
  const newest = await jira.search(`project = "${project}" ORDER BY key DESC`, context);
  const known = newest.map(({ key }) => numberOf(key));
  const last = known.reduce((highest, number) => Math.max(highest, number), 0);
  const read = (number: number) => jira.reference(`${project}-${number}`, context);
  let gap = 0;
  for (let number = last + 1; number <= last + MOST_AHEAD && gap < LONGEST_GAP; number += 1) {
    if (performance.now() > end) return undefined;
    const issue = await read(number);
    if (issue !== undefined && isIt(issue.fields)) return issue.key;
    gap = issue === undefined ? gap + 1 : 0;
  }
  for (const number of missingIn(known)) {
    if (performance.now() > end) return undefined;
    const issue = await read(number);
    if (issue !== undefined && isIt(issue.fields)) return issue.key;
  }
  return undefined;
}

/** The numbers between those of a list, the highest first. */
function missingIn(known: readonly number[]): readonly number[] {
  const sorted = known.toSorted((one, other) => one - other);
  const [first = 0, last = first] = [sorted[0], sorted.at(-1)];
  const missing: number[] = [];
  for (let number = last - 1; number > first && missing.length < MOST_BETWEEN; number -= 1) {
    if (!known.includes(number)) missing.push(number);
  }
  return missing;
}

function numberOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('-') + 1));
}
