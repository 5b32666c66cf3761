/** One push as an issue: the standard fields. */
import { type PushRequest, SourceError } from '../../src/gateway/adapter.ts';
import { shortLine, shortText } from '../../src/upstream/shortened.ts';
import type { Settings } from './settings.ts';
import { adfOf, legalLine, legalText, wikiOf } from './text.ts';
import { dateOf, listOf, userOf } from './values.ts';

/** `fields` of https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-post */
export type IssueFields = Readonly<Record<string, unknown>>;

/** "Summary must be less than 255 characters". */
const LONGEST_SUMMARY = 254;
/** Of a label. */
const LONGEST_LABEL = 255;

/** A standard field: what its text becomes. */
type Writer = (text: string, settings: Settings) => unknown;

/** Many things are named by number or by name. */
const byName: Writer = (text) => (/^\d+$/.test(text) ? { id: text } : { name: text });
const allByName: Writer = (text, settings) => listOf(text).map((name) => byName(name, settings));

const WRITERS: Readonly<Record<string, Writer>> = {
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

const CUSTOM_FIELD = /^customfield_\d{1,19}$/;

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
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(WRITERS, name) && !CUSTOM_FIELD.test(name));
  if (unknown !== undefined) throw noField(unknown);
  const standard = Object.entries(given).flatMap(([name, text]) => {
    const writer = Object.hasOwn(WRITERS, name) ? WRITERS[name] : undefined;
    return writer === undefined ? [] : [[name, writer(legalLine(text), settings)] as const];
  });
  const custom = Object.fromEntries(Object.entries(given).filter(([name]) => CUSTOM_FIELD.test(name)));
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

function noField(name: string): SourceError {
  const known = Object.keys(WRITERS).join(', ');
  return new SourceError('rejected', `"${name.slice(0, 60)}" is no field of a push to Jira`, {
    unsent: true,
    remedy: `write one of ${known}, or the number of a custom field: customfield_10010`,
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
  return listOf(text).map((label) => shortLine(label.replace(/\s+/g, '_'), LONGEST_LABEL));
}
