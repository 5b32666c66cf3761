/** Addresses: below the one that the configuration names, and nowhere else. */
import { SourceError, UserError } from '../../contract/index.ts';
import { parsedAddress, trimmedEnd } from '../text/index.ts';
import type { HttpRequest } from './types.ts';

/**
 * A path with its values encoded: pathOf`/people/${id}.xml`. A value can never
 * end its segment of the path, nor climb out of it.
 * @throws {SourceError} `rejected` for a value that is empty, `.` or `..`: with it the address would be another one
 */
export function pathOf(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.reduce((path, part, index) => path + segmentOf(values[index - 1]) + part);
}

function segmentOf(value: string | number | undefined): string {
  const text = String(value ?? '').toWellFormed();
  if (/^\.{0,2}$/.test(text)) {
    throw new SourceError('rejected', `"${text}" cannot be looked up: it is no identifier`, { unsent: true });
  }
  return encodeURIComponent(text);
}

/** The address that everything is below. @throws {UserError} when it is none */
export function baseOf(baseUrl: string, system: string): URL {
  const base = parsedAddress(baseUrl);
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    throw new UserError(`the address of ${system} is not one; write it like https://api.example.com`);
  }
  if (base.username !== '' || base.password !== '') {
    throw new UserError(
      `the address of ${system} has a user name or password in it; write it without, and the credentials into their own settings`,
    );
  }
  return base;
}

/**
 * The address of a request.
 * @throws {SourceError} `bad-response` for another origin: only an answer can have named it
 */
export function urlOf(base: URL, { path, query = {} }: HttpRequest, system: string): URL {
  const url = /^https?:\/\//i.test(path) ? new URL(path) : new URL(trimmedEnd(base.href, '/?#') + path);
  if (url.origin !== base.origin || url.username !== '' || url.password !== '') throw otherOrigin(url, base, system);
  const added = queryOf(query);
  if (added !== '') url.search = url.search === '' ? added : `${url.search}&${added}`;
  url.hash = '';
  return url;
}

/** A system sends us elsewhere. */
export function otherOrigin(url: URL, base: URL, system: string): SourceError {
  return new SourceError('bad-response', `${system} points to ${url.origin}, and only ${base.origin} is asked`, {
    remedy: `if ${url.origin} is right, write it as the address of the source`,
  });
}

function queryOf(query: NonNullable<HttpRequest['query']>): string {
  return Object.entries(query)
    .flatMap(([name, value]) => valuesOf(value).map((text) => `${encoded(name)}=${encoded(text)}`))
    .join('&');
}

function valuesOf(value: string | number | readonly string[] | undefined): readonly string[] {
  if (value === undefined || value === '') return [];
  return typeof value === 'object' ? value : [String(value)];
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
