/** What both APIs can do. */
import type { Details, PushReceipt, PushRequest } from '../../src/contract/index.ts';
import { cleaned } from './fields.ts';

/** One ActiveCollab, by one of its APIs. */
export interface Board {
  /** @throws {SourceError} */
  check(signal: AbortSignal): Promise<void>;
  /** @throws {SourceError} */
  push(request: PushRequest, signal: AbortSignal): Promise<PushReceipt>;
  /** @throws {SourceError} */
  findPush(request: PushRequest, signal: AbortSignal): Promise<PushReceipt | undefined>;
  /** Undefined for what is gone. @throws {SourceError} */
  details(place: Place, signal: AbortSignal): Promise<Details | undefined>;
  close(): Promise<void>;
}

/** Where a task is: no API finds one without its project. */
export interface Place {
  readonly project: number;
  readonly task: number;
}

/** The id of a receipt: `7/22`. */
export function idOf({ project, task }: Place): string {
  return `${project}/${task}`;
}

/** The place that an id names; undefined when it was not made by {@link idOf}. */
export function placeOf(id: string): Place | undefined {
  const [, project, task] = /^([1-9]\d{0,9})\/([1-9]\d{0,9})$/.exec(id) ?? [];
  return project === undefined ? undefined : { project: Number(project), task: Number(task) };
}

/**
 * The text of a task with the reference of its push in a line of its own, by which it is found again. It can be seen:
 * ActiveCollab cleans the HTML that it gets, and takes comments and hidden parts out.
 */
export function withReference({ body, reference }: PushRequest): string {
  const text = cleaned(body);
  return `${text}${text === '' ? '' : '\n'}<p>${reference}</p>`;
}

/** One line of text; what JSON and forms can hold and databases cannot is left out. */
export function nameOf({ title }: PushRequest): string {
  return cleaned(title).trim() || 'HelpSpot request';
}
