/** What an administrator writes about a web hook. */

import * as z from 'zod';
import { httpShape } from '../../src/kit/http/index.ts';
import {
  authSetting,
  bodiesOf,
  checked,
  jsonPaths,
  requestShape,
  template,
  UrlTemplate,
} from '../../src/kit/web/index.ts';
import { signatureSetting } from './signature.ts';
import { standardSecret } from './standard.ts';

const path = z.string().min(1);
const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'is no name of a header');
const address = z.string().superRefine(checked((text) => new UrlTemplate(text)));
const addressWithoutPlaces = address.refine((text) => !text.includes('{{'), 'has a place; write a whole address');

const link = z
  .string()
  .min(1)
  .superRefine(checked((text) => isAddress(text) && new UrlTemplate(text)));

const details = z.strictObject({
  url: address
    .describe('What is asked for a pushed thing: https://api.example.com/items/{{id}}.')
    .meta({ examples: ['https://api.example.com/items/{{id}}'] }),
  auth: authSetting
    .optional()
    .describe('How that system knows the gateway. Left out: as the web hook does, if the host is the same.'),
  query: requestShape.query,
  headers: requestShape.headers,
  title: path.optional().describe('Where its title is in the answer: $.name. Left out: the id.'),
  link: link.optional().describe('Where a person sees it: an address with {{id}}, or where that is in the answer.'),
  rows: z
    .record(z.string().min(1), path)
    .default({})
    .describe('What is shown, label: where it is: { Status: $.status }.'),
  notFound: z.array(z.int().min(400).max(499)).default([404, 410]).describe('Statuses that mean that it is gone.'),
});

const success = z.strictObject({
  status: z
    .array(z.int().min(200).max(399))
    .min(1)
    .optional()
    .describe('Statuses that mean that it was taken. Left out: every 2xx.'),
  text: z.string().min(1).optional().describe('What the answer must be, without space around it: ok.'),
  at: path.optional().describe('Where the answer says how it went: $.status.'),
  is: z.union([z.string(), z.number(), z.boolean()]).default(true).describe('With at: what must stand there.'),
});

/** The schema. */
export const settings = z
  .strictObject({
    url: address
      .describe('The address of the web hook. It is kept as a secret. Its path and query can have places.')
      .meta({ examples: ['https://hooks.example.com/abc'] }),
    method: z.enum(['POST', 'PUT', 'PATCH']).default('POST').describe('How it is sent.'),
    auth: authSetting.optional().describe('How the system knows the gateway: bearer, basic, header, query or oauth2.'),
    ...requestShape,
    text: template.optional().describe('A body that is plain text, with places.'),
    bodyFormat: z
      .enum(['text', 'markdown', 'html'])
      .default('text')
      .describe('What {{body}} is written in. All other places are plain text.'),
    escape: z
      .enum(['none', 'slack'])
      .default('none')
      .describe(
        'slack: &, < and > in values are written so that they stay what they are: <!channel> in a customer’s text calls nobody.',
      ),
    signature: signatureSetting
      .optional()
      .describe('An HMAC over what is sent, by which the system knows that it is ours.'),
    secret: standardSecret
      .optional()
      .describe(
        'The secret of Standard Webhooks: whsec_… and base64, or any text. With it, webhook-signature goes with every push.',
      ),
    idempotencyHeader: headerName
      .optional()
      .describe(
        'A header with the reference of the push, by which the system takes a repeated call once: Idempotency-Key.',
      ),
    format: z
      .enum(['json', 'xml'])
      .default('json')
      .describe('What the answers are written in, where something is read from them.'),
    success: success.optional().describe('What an answer is when the push was taken. Left out: any 2xx.'),
    error: path.optional().describe('Where an answer says what went wrong, even with status 200: $.error.message.'),
    id: z
      .union([
        path,
        z.strictObject({
          header: headerName.describe('The header with the id.'),
          take: z
            .enum(['whole', 'last'])
            .default('whole')
            .describe('last: the last part of the address in it: 123 of https://api.example.com/items/123.'),
        }),
      ])
      .optional()
      .describe('Where the id is in the answer: $.id, or { header: Location }. Left out: the reference of the push.'),
    link: link
      .optional()
      .describe('Where a person sees it: an address with {{id}}, or where that is in the answer: $.url.'),
    details: details.optional().describe('How the state of a pushed thing is asked for. Left out: it is not.'),
    check: addressWithoutPlaces
      .optional()
      .describe(
        'An address that helpspot-gateway check asks for, with the same credentials. Left out: only whether the host answers.',
      ),
    ...httpShape,
  })
  .superRefine((value, context) => {
    const issue = (where: string[], message: string) => context.addIssue({ code: 'custom', path: where, message });
    const [first, second] = bodiesOf(value);
    if (second !== undefined) issue([second], `stands beside ${first}; a request has one body`);
    if (value.check !== undefined && originOf(value.check) !== originOf(value.url)) {
      issue(['check'], 'is not at the host of url, whose credentials it would get');
    }
    if (value.format === 'xml') return;
    const { id, link: where, error, success: wanted, details: asked } = value;
    const paths: [string[], string | undefined][] = [
      [['id'], typeof id === 'string' ? id : undefined],
      [['error'], error],
      [['success', 'at'], wanted?.at],
      [['link'], pathIn(where)],
      [['details', 'title'], asked?.title],
      [['details', 'link'], pathIn(asked?.link)],
      ...Object.entries(asked?.rows ?? {}).map(([label, one]): [string[], string] => [['details', 'rows', label], one]),
    ];
    for (const [place, one] of paths) {
      const mistake = one === undefined ? undefined : jsonPaths.mistake(one);
      if (mistake !== undefined) issue(place, mistake);
    }
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;
/** `details:` */
export type DetailsSetting = z.output<typeof details>;

/** Whether a link is an address; otherwise it is a path into the answer. */
export function isAddress(link: string): boolean {
  return /^https?:\/\//i.test(link);
}

/** The path into the answer that a link is; undefined for an address. */
export function pathIn(link: string | undefined): string | undefined {
  return link === undefined || isAddress(link) ? undefined : link;
}

function originOf(url: string): string | undefined {
  return /^https?:\/\/[^/?#]+/i.exec(url)?.[0].toLowerCase();
}
