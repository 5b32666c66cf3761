/** One push as an issue: the standard fields; and how an issue stands. */
import {
  type Details,
  type DetailsRow,
  type FieldForm,
  type PushRequest,
  SourceError,
} from '../../src/contract/index.ts';
import {
  commentRows,
  dateIn,
  fileRows,
  namesIn,
  outsideAddress,
  shortLine,
  shortText,
  someOf,
} from '../../src/kit/text/index.ts';
import type { Issue, IssueFields, JiraComment } from './server.ts';
import type { Settings } from './settings.ts';
import { adfOf, legalLine, legalText, wikiOf, wordsOf } from './text.ts';

/** "Summary must be less than 255 characters". */
const LONGEST_SUMMARY = 254;
/** Of a label. */
const LONGEST_LABEL = 255;

/** The push target's own fields, by Jira's names. */
export const FIELDS = {
  project: 'the key of the project, instead of the one of the source',
  issuetype: 'the issue type, by name or number, instead of the one of the source',
  priority: 'by name or number',
  labels: 'labels, with commas between them',
  assignee: 'who gets the issue; in Cloud the account id, in Data Center the user name',
  reporter: 'who reported it; in Cloud the account id, in Data Center the user name',
  components: 'components, by name or number, with commas between them',
  versions: 'affected versions, by name or number, with commas between them',
  fixVersions: 'fix versions, by name or number, with commas between them',
  duedate: 'when it is due: 2026-05-31',
  parent: 'the key of the issue above it',
} as const;

/** The administrator's own fields, which have numbers. */
export const CUSTOM_FIELDS: FieldForm = {
  pattern: /^customfield_\d{1,19}$/,
  example: 'customfield_10010',
  description: 'a custom field by its number',
};

/** A standard field: what its text becomes. */
type Writer = (text: string, settings: Settings) => unknown;

/** Many things are named by number or by name. */
const byName: Writer = (text) => (/^\d+$/.test(text) ? { id: text } : { name: text });
const allByName: Writer = (text, settings) => namesIn(text).map((name) => byName(name, settings));

const WRITERS: Readonly<Record<keyof typeof FIELDS, Writer>> = {
  project: (text) => ({ key: text }),
  issuetype: byName,
  priority: byName,
  labels: (text) => labelsOf(text),
  assignee: (text, { edition }) => userOf(text, edition),
  reporter: (text, { edition }) => userOf(text, edition),
  components: allByName,
  versions: allByName,
  fixVersions: allByName,
  duedate: (text) => dateOf(text, 'duedate'),
  parent: (text) => ({ key: text }),
};

/**
 * The fields of a new issue.
 * @param customValues writes custom fields, which only Jira knows the types of
 * @throws {SourceError} `rejected` for a field that there is not, or a value that it cannot have
 */
export async function newIssue(
  request: PushRequest,
  settings: Settings,
  customValues: (given: Readonly<Record<string, string>>) => Promise<IssueFields>,
): Promise<IssueFields> {
  const given: Readonly<Record<string, string>> = {
    project: settings.project,
    issuetype: settings.issueType,
    ...request.fields,
  };
  const standard: [string, unknown][] = [];
  const custom: Record<string, string> = {};
  for (const [name, text] of Object.entries(given)) {
    if (isStandard(name)) standard.push([name, WRITERS[name](legalLine(text), settings)]);
    else if (CUSTOM_FIELDS.pattern.test(name)) custom[name] = text;
    else throw noField(name);
  }
  const labels = [
    ...labelsOf(legalLine(given['labels'] ?? '')),
    ...(settings.reference === 'label' ? [request.reference] : []),
  ];
  return {
    ...Object.fromEntries(standard),
    ...(labels.length === 0 ? {} : { labels }),
    ...(Object.keys(custom).length === 0 ? {} : await customValues(custom)),
    summary: shortLine(legalLine(request.title), LONGEST_SUMMARY),
    ...descriptionOf(request, settings),
  };
}

function isStandard(name: string): name is keyof typeof FIELDS {
  return Object.hasOwn(FIELDS, name);
}

/** The configuration was checked; a queued push may be older than it. */
function noField(name: string): SourceError {
  const known = Object.keys(FIELDS).join(', ');
  return new SourceError('rejected', `"${name.slice(0, 60)}" is no field of a push to Jira`, {
    unsent: true,
    remedy: `write one of ${known}, or the number of a custom field: ${CUSTOM_FIELDS.example}`,
  });
}

/** Nothing at all where nothing is to be said: some issue types have no description. */
function descriptionOf({ body, link, reference }: PushRequest, settings: Settings): { description?: unknown } {
  const text = legalText(body).trim();
  const end = [
    ...(link === undefined || text.includes(link.href) ? [] : [`${link.text}: ${link.href}`]),
    ...(settings.reference === 'description' ? [`Reference: ${reference}`] : []),
  ];
  return text === '' && end.length === 0 ? {} : { description: longText(text, settings, end.join('\n\n')) };
}

/**
 * A text of several lines, for a field that shows them.
 * @param end stays, however long the text is
 */
export function longText(text: string, { edition, markup, longestDescription }: TextSettings, end = ''): unknown {
  const write = (body: string) => {
    const whole = [body, end].filter((part) => part !== '').join('\n\n');
    if (edition === 'cloud') return { value: adfOf(whole), length: whole.length };
    const value = markup === 'none' ? whole : wikiOf(whole);
    return { value, length: value.length };
  };
  let most = longestDescription;
  for (;;) {
    const { value, length } = write(shortText(text, most));
    if (length <= longestDescription || most < SHORTEST) return value;
    // Escaped, and with its end, it is longer.
    most = Math.min(most - SHORTEST / 2, Math.floor((most * longestDescription) / length));
  }
}

/** No text is cut to less. */
const SHORTEST = 100;

/** What decides how a text is written. */
export type TextSettings = Pick<Settings, 'edition' | 'markup' | 'longestDescription'>;

/** A label has no white space. */
function labelsOf(text: string): readonly string[] {
  return namesIn(text).map((label) => shortLine(label.replace(/\s+/g, '_'), LONGEST_LABEL));
}

/** Whether a label is longer than Jira takes, and so another one than was meant. */
export function isLabelCut({ fields }: PushRequest): boolean {
  return namesIn(legalLine(fields['labels'] ?? '')).some((label) => label.length > LONGEST_LABEL);
}

/** Cloud knows people by account id only (https://developer.atlassian.com/cloud/jira/platform/deprecation-notice-user-privacy-api-migration-guide/). */
export function userOf(text: string, edition: Settings['edition']): object {
  return edition === 'cloud' ? { accountId: text } : { name: text };
}

/** `2026-11-21`, from that or from a Unix time, as HelpSpot's own date fields have it. @throws {SourceError} */
export function dateOf(text: string, field: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? text : timeIn(text, field).toISOString().slice(0, 10);
}

/** A date or a Unix time. @throws {SourceError} */
export function timeIn(text: string, field: string): Date {
  const time = /^\d{9,11}$/.test(text) ? Number(text) * 1_000 : /^\d{4}-\d\d-\d\d/.test(text) ? text : Number.NaN;
  const date = new Date(time);
  if (!Number.isNaN(date.getTime())) return date;
  throw unfit(field, text, 'a date such as 2026-11-21, or a Unix time');
}

/** A value that its field cannot have. */
export function unfit(field: string, text: string, wanted: string): SourceError {
  const shown = text.length > 40 ? `${text.slice(0, 40).toWellFormed()}…` : text;
  return new SourceError('rejected', `the field ${field} of Jira takes ${wanted}, not "${shown}"`, { unsent: true });
}

/**
 * How an issue stands: title, link and rows. Our own reference among the labels says nothing to anybody.
 * @param pages where people open issues: with tokens for one product, Jira names files by an address of its API
 */
export function detailsOf({ key, fields }: Issue, link: string, pages: string): Details {
  const files = (fields.attachment ?? []).map(({ filename, content }) => {
    const address = outsideAddress(content ?? '');
    return { name: filename, href: address?.origin === new URL(pages).origin ? address.href : undefined };
  });
  return {
    title: `${key} ${fields.summary ?? ''}`.trim(),
    link,
    rows: [
      { label: 'Status', value: fields.status?.name },
      { label: 'Resolution', value: fields.resolution?.name },
      { label: 'Assigned to', value: fields.assignee?.displayName ?? 'nobody' },
      { label: 'Type', value: fields.issuetype?.name },
      { label: 'Priority', value: fields.priority?.name },
      { label: 'Labels', value: someOf((fields.labels ?? []).filter((label) => !/^hs-[\w-]{16,}$/.test(label))) },
      { label: 'Due', value: fields.duedate ?? undefined },
      { label: 'Updated', value: dateIn(fields.updated) },
      ...fileRows(files),
    ],
  };
}

/** What was said last. */
export function commentRowsOf(comments: readonly JiraComment[]): readonly DetailsRow[] {
  return commentRows(
    comments.map(({ author, created, body }) => ({
      author: author?.displayName,
      at: dateIn(created),
      text: wordsOf(body),
    })),
  );
}
