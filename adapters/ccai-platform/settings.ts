/** What an administrator writes about an account of CCAI Platform. */
import * as z from 'zod';
import { duration } from '../../src/contract/index.ts';
import { httpShape, webAddress } from '../../src/kit/http/index.ts';
import { outsideAddress } from '../../src/kit/text/index.ts';

/** What a source can give in place of calls and chats. */
export const LISTS = ['queues', 'agents', 'statuses', 'teams', 'menus', 'sla', 'activity'] as const;

const hostPart = z.string().max(200);

/** The schema. */
export const settings = z
  .strictObject({
    subdomain: hostPart
      .regex(/^[A-Za-z0-9-]+$/, 'is no subdomain; write what stands before the first dot of the address: acme')
      .describe('What stands before the first dot of the address of the platform; it is the user name of the API, too.')
      .meta({ examples: ['acme'] }),
    domain: hostPart
      .regex(
        /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/,
        'is no domain; write what stands behind the first dot of the address',
      )
      .describe('What stands behind the first dot of the address.')
      .meta({ examples: ['uc1.ccaiplatform.com'] }),
    token: z
      .string()
      .regex(/^[^\p{Cc}]+$/u, 'is empty, or has a character that no header can have')
      .describe('The token of an API credential.')
      .meta({ examples: ['${CCAI_TOKEN}'] }),
    url: webAddress
      .refine((text) => !/[?#]/.test(text), 'has something behind ? or #; write the address of the platform only')
      .optional()
      .describe('The address of a private installation. Left out: https://SUBDOMAIN.DOMAIN.')
      .meta({ examples: ['https://calls.example.com'] }),
    path: z
      .enum(['manager', 'apps'])
      .default('manager')
      .describe('Below which path the API lies: /manager/api/v1 or /apps/api/v1.'),
    list: z
      .enum(LISTS)
      .optional()
      .describe('What the source gives in place of calls and chats.')
      .meta({ examples: ['queues'] }),
    recordings: z
      .boolean()
      .default(false)
      .describe('Whether calls come with the addresses of their recordings. Whoever has one may be able to listen.'),
    slaBy: z
      .enum(['menus', 'groups'])
      .default('menus')
      .describe('With list: sla, whether the service level is told of each queue or of each group of queues.'),
    minutes: z.int().min(1).max(10_080).default(60).describe('With list: sla, the last minutes that count.'),
    keep: duration('1s', '1d', '10m')
      .default(600_000)
      .describe('How long the lists of agents, statuses, teams and menus are kept before they are asked for again.'),
    ...httpShape,
  })
  .superRefine(({ list, recordings, slaBy, minutes, url, subdomain, domain }, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (url === undefined && outsideAddress(`https://${subdomain}.${domain}`) === undefined) {
      issue('domain', `makes no address together with the subdomain: https://${subdomain}.${domain}`);
    }
    if (list !== undefined && recordings)
      issue('recordings', `goes with calls only, and not with list: ${list}; remove it`);
    if (list === 'sla') return;
    if (slaBy !== 'menus') issue('slaBy', 'goes with list: sla only; remove it');
    if (minutes !== 60) issue('minutes', 'goes with list: sla only; remove it');
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;

/** One of {@link LISTS}. */
export type ListName = (typeof LISTS)[number];

/** The address that `/calls` stands behind. `https://acme.uc1.ccaiplatform.com/manager/api/v1` */
export function baseAddress({ url, subdomain, domain, path }: Settings): string {
  const { origin, pathname } = new URL(url ?? `https://${subdomain}.${domain}`);
  const folders = pathname.split('/').filter((folder) => folder !== '');
  const end = folders.findIndex((folder) => folder === 'manager' || folder === 'apps');
  return [origin, ...(end < 0 ? folders : folders.slice(0, end)), path, 'api', 'v1'].join('/');
}
