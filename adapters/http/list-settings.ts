/** `list:` The request that gives everybody, for an index. */
import * as z from 'zod';
import { UserError } from '../../src/contract/index.ts';
import { RequestTemplate, UrlTemplate } from '../../src/kit/web/index.ts';
import { requestSetting } from './request-settings.ts';

/** The only place that a list can have. */
export const SINCE = 'since';

const field = z.string().min(1).optional();

/** The setting. */
export const listSetting = requestSetting.extend({
  since: z
    .enum(['iso', 'date', 'datetime', 'compact', 'unix', 'milliseconds'])
    .default('iso')
    .describe(
      'How {{since}} is written, always in UTC: iso (2026-11-26T14:30:00Z), date (2026-11-26), datetime (2026-11-26 ' +
        '14:30:00), compact (20261126143000), unix (seconds), milliseconds.',
    ),
  key: field.describe('The field that tells a record from all others. Left out: customer_id, or else id.'),
  removed: field.describe('A field that says that a record is gone: with true, or with a time.'),
});

/** The request that gives everybody. */
export type ListSetting = z.output<typeof listSetting>;

/** `{{since}}` for a time. */
export function sinceText(format: ListSetting['since'], time: number): string {
  const iso = `${new Date(time).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
  if (format === 'iso') return iso;
  if (format === 'date') return iso.slice(0, 'yyyy-mm-dd'.length);
  if (format === 'datetime') return iso.slice(0, -1).replace('T', ' ');
  if (format === 'compact') return iso.replace(/\D/g, '');
  return String(format === 'unix' ? Math.floor(time / 1000) : time);
}

/**
 * What is wrong with a list: where in it, and what.
 * @param url the address of the source
 */
export function mistakesInList(
  list: ListSetting,
  url: string,
  fields: Readonly<Record<string, string>> | undefined,
): readonly (readonly [where: string, message: string])[] {
  const mistakes: [string, string][] = [];
  for (const key of ['key', 'removed'] as const) {
    const name = list[key];
    if (name !== undefined && fields !== undefined && !Object.hasOwn(fields, name)) {
      mistakes.push([key, 'is none of the fields; name it under fields, too']);
    }
  }
  try {
    const usual = new UrlTemplate(url);
    const address = list.url === undefined ? usual : new UrlTemplate(list.url, usual.origin);
    const { places } = new RequestTemplate(address, list);
    const other = [...places].find((name) => name !== SINCE);
    if (address.pathPlaces.length > 0) mistakes.push(['url', 'needs an address without places for a list']);
    else if (other !== undefined) {
      mistakes.push(['url', `cannot be asked: nobody fills {{${other}}} of a list; it can have {{${SINCE}}} only`]);
    }
  } catch (error) {
    // What is no address is said where it stands.
    if (!(error instanceof UserError)) throw error;
  }
  return mistakes;
}
