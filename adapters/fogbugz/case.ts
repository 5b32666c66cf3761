/** A push as a new case, and a case as details. */
import { type Details, fillTemplate, type PushRequest, SourceError } from '../../src/contract/index.ts';
// FogBugz hands a case out as XML.
import { legalInXml as clean, dateIn, namesIn } from '../../src/kit/text/index.ts';
import type { Command, FogBugzCase } from './commands.ts';
import type { Settings } from './settings.ts';

/** The push target's own fields. */
export const FIELDS = {
  project: "the project, by name or number; left out: the account's first one",
  area: 'an area of the project, by name or number',
  milestone: 'the milestone ("fix for"), by name or number',
  category: 'Bug, Feature, Inquiry …, by name or number',
  priority: 'by name or number: 1 is the highest',
  assignee: 'who gets the case, by full name or number',
  tags: 'tags, with commas between them',
  due: 'when it is due: 2026-05-31, or with a time 2026-05-31T16:00:00Z',
} as const;

/** Field → the column of a name; that of a number begins with `ix`. */
const NAMED = {
  project: 'Project',
  area: 'Area',
  milestone: 'FixFor',
  category: 'Category',
  priority: 'Priority',
  assignee: 'PersonAssignedTo',
} as const;

/** The columns of the sample in HelpSpot's manual (chapter 2.3), with their labels. */
const SHOWN: readonly (readonly [column: string, label: string])[] = [
  ['sStatus', 'Status'],
  ['sPersonAssignedTo', 'Assigned to'],
  ['sProject', 'Project'],
  ['sArea', 'Area'],
  ['sFixFor', 'Milestone'],
  ['sCategory', 'Category'],
  ['sPriority', 'Priority'],
  ['sLatestTextSummary', 'Latest text'],
];

/**
 * `cmd=new`: http://help.fogcreek.com/8202/xml-api, "Editing Cases";
 * https://support.fogbugz.com/article/55748-fogbugz-xml-api-editing-cases
 * @throws {SourceError} `rejected` for a field that FogBugz cannot take
 */
export function newCase(request: PushRequest, { reference, extra }: Settings): Command {
  const { title, body, fields, values, files } = request;
  const params: Record<string, string | readonly string[]> = { sTitle: clean(title) };
  const set = (name: string, value: string) => {
    if (value !== '') params[name] = value;
  };
  set('sEvent', clean(body));
  for (const [field, column] of Object.entries(NAMED)) {
    const value = clean(fields[field] ?? '').trim();
    set(/^\d{1,9}$/.test(value) ? `ix${column}` : `s${column}`, value);
  }
  set('dtDue', dueOf(fields['due'] ?? ''));
  for (const [column, template] of Object.entries(extra)) {
    set(column, clean(fillTemplate(template, (place) => values[place] ?? '')).trim());
  }
  const tags = [...namesIn(clean(fields['tags'] ?? ''))];
  // A second case with the same description would be counted as the first one's.
  if (reference === 'scout') set('sScoutDescription', request.reference);
  else tags.push(request.reference);
  if (tags.length > 0) params['sTags'] = tags;
  params['cols'] = ['ixProject', 'sProject'];
  return { cmd: 'new', params, files: files.filter(({ bytes }) => bytes !== undefined) };
}

/** Whether a new case lies in the project that was asked for: without rights there, FogBugz takes another without a word. */
export function isElsewhere({ columns }: FogBugzCase, { fields }: PushRequest): boolean {
  const wanted = fields['project']?.trim().toLowerCase() ?? '';
  const got = [columns['ixProject'], columns['sProject']].flatMap((value) => (value ? [value.toLowerCase()] : []));
  return wanted !== '' && got.length > 0 && !got.includes(wanted);
}

/** The columns to ask for. `latestEvent` brings what last happened. */
export function detailsColumns(show: readonly string[]): readonly string[] {
  return ['sTitle', 'fOpen', ...SHOWN.map(([column]) => column), 'latestEvent', ...show];
}

/** A case as staff see it in HelpSpot. */
export function detailsOf({ id, columns, latest }: FogBugzCase, link: string, show: readonly string[]): Details {
  const named = [...SHOWN, ...show.map((column) => [column, column] as const)];
  const isOpen = columns['fOpen'];
  return {
    title: columns['sTitle'] || `Case ${id}`,
    link,
    rows: [
      { label: 'Case', value: { href: link, text: id } },
      { label: 'Open', value: isOpen ? /^(true|1)$/i.test(isOpen) : undefined },
      // An answer's columns have no prototype.
      ...named.map(([column, label]) => ({ label, value: columns[column] || undefined })),
      { label: 'Latest change', value: latest?.what || undefined },
      { label: 'Changed', value: dateIn(latest?.at) },
    ],
  };
}

/** "All dates should be in ISO 8601 UTC format." */
function dueOf(text: string): string {
  const given = text.trim();
  if (given === '') return '';
  const isDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(given);
  const due = isDate ? dateIn(given) : undefined;
  if (due !== undefined) return due.toISOString().replace(/\.\d+Z$/, 'Z');
  throw new SourceError('rejected', 'the field "due" has no date in it; write it like 2026-05-31', { unsent: true });
}
