/** What an administrator writes about a FogBugz server. */

import * as z from 'zod';
import { httpShape, webAddress } from '../../src/kit/http/index.ts';
import { refuseHalfLogin } from '../../src/kit/web/index.ts';

/** What the adapter sets itself, so that it cannot be set twice. */
const OURS = /^(cmd|token|cols|ixBug|sTitle|sEvent|sTags|sScoutDescription|nFileCount|File\d*)$/i;

const column = z
  .string()
  .regex(/^[A-Za-z]\w{0,99}$/)
  .meta({ title: 'the name of a column', examples: ['sVersion'] });

const credentials = z.string().min(1);

/** The schema. */
export const settings = z
  .strictObject({
    url: webAddress
      .describe('The address of FogBugz, where staff sign in.')
      .meta({ examples: ['https://example.fogbugz.com'] }),
    api: z
      .enum(['xml', 'json'])
      .default('xml')
      .describe(
        'xml: every version from 6 on. json: FogBugz On Demand and newer servers; files still go by the XML API.',
      ),
    token: credentials
      .optional()
      .describe('An API token of the account that makes the cases. "${NAME}" takes it from the environment.'),
    email: credentials
      .optional()
      .describe('Instead of a token: the account, by its e-mail address or its full name.')
      .meta({ examples: ['gateway@example.com'] }),
    password: credentials.optional().describe('Its password.'),
    reference: z
      .enum(['scout', 'tag'])
      .default('scout')
      .describe(
        'Where a case carries the reference of its push, by which it is found again when an answer was lost. scout: its ' +
          'BugzScout description, which FogBugz looks up exactly. tag: a tag; needs FogBugz 7 and its search.',
      ),
    extra: z
      .record(
        column.refine((name) => !OURS.test(name), { error: 'is set by the gateway itself; name another column' }),
        z.string().max(1_000),
      )
      .default({})
      .describe(
        'More columns of a new case, each with a template: { sVersion: "{{Custom4}}" }. An empty one is left out.',
      ),
    show: z.array(column).max(20).default([]).describe('More columns that the details show.'),
    ...httpShape,
  })
  .superRefine((login, context) => {
    refuseHalfLogin(login, (path, message) => context.addIssue({ code: 'custom', path: [path], message }));
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;
