/** What requests say, and how answers are put. */
import type { Received, Reply } from '../http/stand-in.ts';
import { type Came, readXml, textAt } from './xml.ts';

/** "You need to let the system know that fact by adding the header Content-type: application/xml" */
export function bodyOf({ headers, body }: Received): Came | undefined {
  return /^application\/xml\b/.test(headers['content-type'] ?? '') ? readXml(body.toString('utf8')) : undefined;
}

export function groupOf(body: Came | undefined): number | undefined {
  const group = textAt(body, 'group-id');
  return group === '' ? undefined : Number(group);
}

export function paged<T>(items: readonly T[], size: number, query: URLSearchParams): readonly T[] {
  const offset = Number(query.get('n') ?? 0);
  return items.slice(offset, offset + size);
}

/** "The since parameter should be in the yyyymmddhhmmss format and in UTC." */
export function timeOf(since: string | null): number | undefined {
  if (since === null) return undefined;
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(since) ?? [];
  const [year, month, day, hour, minute, second] = parts.map(Number);
  if (year === undefined || month === undefined) throw new Error(`since=${since}`);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

export function xml(body: string, status = 200, location?: string): Reply {
  const type = { 'content-type': 'application/xml; charset=utf-8' };
  return { status, headers: location === undefined ? type : { ...type, location }, body };
}
