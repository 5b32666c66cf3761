/** What a push says of its task, whichever API takes it. */
import { type PushRequest, SourceError } from '../../src/contract/index.ts';
import { namesIn } from '../../src/kit/text/index.ts';

/** What each field is. */
export const FIELDS = {
  project: 'the number of the project, instead of the one of the source',
  task_list: 'the task list, by name or number; with the classic API the number of a milestone',
  assignee: 'who gets the task, by e-mail address, full name or number; with the classic API a number',
  labels: 'labels, with commas between them; with the classic API tags',
  important: 'yes marks the task as important; no, or nothing, does not',
  due: 'the day when it is due: 2026-05-31',
} as const;

/** The fields of one push, read. What was not given is empty or undefined. */
export interface TaskFields {
  readonly project: number;
  readonly taskList: string;
  readonly assignee: string;
  readonly labels: readonly string[];
  readonly isImportant: boolean | undefined;
  /** `YYYY-MM-DD` */
  readonly due: string;
}

/**
 * Reads the fields.
 * @param preset the project of the source
 * @throws {SourceError} `rejected` for what cannot be what it should be
 */
export function taskFields({ fields }: PushRequest, preset: number | undefined): TaskFields {
  const text = (name: keyof typeof FIELDS) => cleaned(fields[name] ?? '').trim();
  return {
    project: projectOf(text('project'), preset),
    taskList: text('task_list'),
    assignee: text('assignee'),
    labels: namesIn(text('labels')),
    isImportant: importantOf(text('important')),
    due: dueOf(text('due')),
  };
}

// Lone surrogates become something else on the way, and control characters are none that HTML can hold.
const ILLEGAL = /[^\P{Cc}\t\n\r]|\p{Cs}/gu;

/** A text without what ActiveCollab cannot keep. */
export function cleaned(text: string): string {
  return text.replace(ILLEGAL, '');
}

/** One line of text; what JSON and forms can hold and databases cannot is left out. */
export function nameOf({ title }: PushRequest): string {
  return cleaned(title).trim() || 'HelpSpot request';
}

/**
 * The text of a task with the reference of its push in a line of its own, by which it is found again. It can be seen:
 * ActiveCollab cleans the HTML that it gets, and takes comments and hidden parts out.
 */
export function withReference({ body, reference }: PushRequest): string {
  const text = cleaned(body);
  return `${text}${text === '' ? '' : '\n'}<p>${reference}</p>`;
}

/** A number that ActiveCollab can have given; undefined for anything else. */
export function numberOf(text: string): number | undefined {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}

/** Nothing was sent: the field cannot be what it should be. */
export function wrongField(name: string, problem: string): SourceError {
  return new SourceError('rejected', `the field "${name}" ${problem}`, { unsent: true });
}

function projectOf(text: string, preset: number | undefined): number {
  const project = text === '' ? preset : numberOf(text);
  if (project !== undefined) return project;
  const problem = text === '' ? 'is missing, and the source has none' : 'has no number in it';
  throw wrongField('project', `${problem}; the number is in the address of the project`);
}

function importantOf(text: string): boolean | undefined {
  if (text === '') return undefined;
  if (/^(yes|true|1|on)$/i.test(text)) return true;
  if (/^(no|false|0|off)$/i.test(text)) return false;
  throw wrongField('important', 'is neither yes nor no');
}

function dueOf(text: string): string {
  const day = /^(\d{4}-\d\d-\d\d)(T.*)?$/.exec(text)?.[1];
  if (text === '' || (day !== undefined && !Number.isNaN(Date.parse(day)))) return day ?? '';
  throw wrongField('due', 'has no day in it; write it like 2026-05-31');
}
