/** What Jira refuses in a new issue, in its own words. */

/** `fields` of a new issue. */
export type GivenFields = Readonly<Record<string, unknown>>;

const PEOPLE = ['5b109f2e9729b51b54dc274d', 'ada'];
const KNOWN =
  /^(summary|description|project|issuetype|priority|labels|assignee|reporter|components|versions|fixVersions|duedate|parent|customfield_100(1\d|20))$/;
const CANNOT_BE_SET = (name: string) =>
  `Field '${name}' cannot be set. It is not on the appropriate screen, or unknown.`;

/** Field → words; nothing for an issue that can be made. */
export function fieldErrors(
  fields: GivenFields,
  { edition, hasLabels }: { edition: 'cloud' | 'data-center'; hasLabels: boolean },
): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {};
  const { summary, description, project, issuetype, assignee, labels, priority, duedate } = fields;
  for (const name of Object.keys(fields)) if (!KNOWN.test(name)) errors[name] = CANNOT_BE_SET(name);
  if (typeof summary !== 'string' || summary.trim() === '')
    errors['summary'] = 'You must specify a summary of the issue.';
  else if (summary.includes('\n')) errors['summary'] = 'The summary is invalid because it contains newline characters.';
  else if (summary.length > 255) errors['summary'] = 'Summary must be less than or equal to 255 characters.';
  if (at(project, 'key') !== 'HELP') errors['project'] = 'Specify a valid project ID or key';
  if (!['Task', 'Bug'].includes(String(at(issuetype, 'name'))) && at(issuetype, 'id') !== '10001') {
    errors['issuetype'] = 'Specify an issue type';
  }
  if (labels !== undefined) {
    if (!hasLabels) errors['labels'] = CANNOT_BE_SET('labels');
    else if (!isTexts(labels)) errors['labels'] = 'Operation value must be an array of strings';
    else if (labels.some((label) => /\s/.test(label))) errors['labels'] = 'The label contains spaces which is invalid.';
  }
  const person = at(assignee, edition === 'cloud' ? 'accountId' : 'name');
  if (assignee !== undefined && !PEOPLE.includes(String(person)))
    errors['assignee'] = 'User cannot be assigned issues.';
  if (priority !== undefined && !['High', 'Low'].includes(String(at(priority, 'name')))) {
    errors['priority'] = 'Specify a valid value for priority';
  }
  if (duedate !== undefined && !/^\d{4}-\d\d-\d\d$/.test(String(duedate)))
    errors['duedate'] = 'Error parsing date string';
  const wrong = [description, fields['customfield_10011']].some((text) => text !== undefined && !isText(text, edition));
  if (wrong) {
    errors['description'] =
      edition === 'cloud' ? 'Operation value must be an Atlassian Document' : 'Operation value must be a string';
  }
  Object.assign(errors, customErrors(fields));
  return errors;
}

function customErrors(fields: GivenFields): Record<string, string> {
  const wanted: Readonly<Record<string, (value: unknown) => boolean>> = {
    customfield_10010: (value) => typeof value === 'string' && value.length <= 255 && !value.includes('\n'),
    customfield_10012: (value) => typeof value === 'number',
    customfield_10013: (value) => ['Red', 'Blue'].includes(String(at(value, 'value'))),
    customfield_10014: (value) =>
      Array.isArray(value) && value.every((item) => ['Red', 'Blue'].includes(String(at(item, 'value')))),
    customfield_10015: (value) => at(value, 'value') === 'Boston',
    customfield_10016: (value) => /^\d{4}-\d\d-\d\d$/.test(String(value)),
    customfield_10017: (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/.test(String(value)),
    customfield_10019: isTexts,
    customfield_10020: () => false,
  };
  const bad = Object.entries(fields).filter(([name, value]) => wanted[name]?.(value) === false);
  return Object.fromEntries(bad.map(([name]) => [name, `Specify a valid value for ${name}`]));
}

/** https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/; Data Center takes texts. */
function isText(value: unknown, edition: 'cloud' | 'data-center'): boolean {
  if (edition === 'data-center') return typeof value === 'string' && value.length <= 32_767;
  const paragraphs = at(value, 'content');
  if (at(value, 'type') !== 'doc' || at(value, 'version') !== 1 || !Array.isArray(paragraphs)) return false;
  if (adfText(value).length > 32_767) return false;
  return paragraphs.every((paragraph) => {
    const content = at(paragraph, 'content');
    return at(paragraph, 'type') === 'paragraph' && Array.isArray(content) && content.every(isInline);
  });
}

function isInline(node: unknown): boolean {
  if (at(node, 'type') === 'hardBreak') return true;
  const text = at(node, 'text');
  const marks = at(node, 'marks');
  if (at(node, 'type') !== 'text' || typeof text !== 'string' || text === '') return false;
  return (
    marks === undefined ||
    (Array.isArray(marks) && marks.every((mark) => /^https?:/.test(String(at(at(mark, 'attrs'), 'href')))))
  );
}

/** The words of a document: paragraphs with an empty line between them. */
export function adfText(document: unknown): string {
  const paragraphs = at(document, 'content');
  if (!Array.isArray(paragraphs)) return '';
  return paragraphs.map((paragraph) => inlineText(at(paragraph, 'content'))).join('\n\n');
}

function inlineText(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content.map((node) => (at(node, 'type') === 'hardBreak' ? '\n' : String(at(node, 'text') ?? ''))).join('');
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
