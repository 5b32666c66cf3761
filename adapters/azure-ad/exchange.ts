/** What is written to Microsoft Graph, and how its answers are read. */
import type { GraphError } from './failures.ts';
import type { UserQuery } from './queries.ts';
import type { Answer } from './wire.ts';

/** What is asked of the users that are found. */
export interface Wanted {
  readonly select: readonly string[];
  /** `$expand` for the manager. */
  readonly expand: string | undefined;
  readonly pageSize: number;
}

/** The address of a query below `/v1.0`. The vendor's client does not encode values; here every one is. */
export function addressOf({ filter, search, engine }: UserQuery, { select, expand, pageSize }: Wanted): string {
  const options: readonly (readonly [name: string, value: string | undefined])[] = [
    ['$select', select.join(',')],
    ['$filter', filter],
    ['$search', search],
    ['$expand', engine === 'basic' ? expand : undefined],
    ['$count', engine === 'advanced' ? 'true' : undefined],
    ['$top', String(pageSize)],
  ];
  const given = options.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `/users?${given.join('&')}`;
}

/** A filter without its values. */
export function shapeOf({ filter = '' }: UserQuery): string {
  return filter.replace(/'(?:[^']|'')*'/g, "''").replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '0');
}

/** The object in the body of an answer. */
export function jsonOf(answer: Answer): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(answer.body);
    return typeof body === 'object' && body !== null ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}

/** The error in the body of an answer that is no success. */
export function errorOf(answer: Answer): GraphError {
  const error = jsonOf(answer)?.['error'];
  const read = (name: string): string => {
    const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  // Graph repeats the filter, and so what somebody searched for.
  return {
    status: answer.status,
    code: read('code'),
    message: read('message')
      .replace(/ in '.*'/s, '')
      .replace(/\.$/, ''),
  };
}
