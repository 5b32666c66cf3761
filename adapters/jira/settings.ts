/** What an administrator writes about Jira. */

import * as z from 'zod';
import { httpShape, webAddress } from '../../src/kit/http/index.ts';

/** The key of a project; with `-` and a number it is the key of an issue. */
export const PROJECT_KEY = /^[A-Z][A-Z0-9_]{0,254}$/;

/** The schema. */
export const settings = z
  .strictObject({
    ...httpShape,
    url: webAddress
      .describe(
        'The address of Jira, with its path if it has one. For scoped tokens: https://api.atlassian.com/ex/jira/ID.',
      )
      .meta({ examples: ['https://example.atlassian.net'] }),
    pages: webAddress
      .optional()
      .describe('Where people open issues, if that is not url.')
      .meta({ examples: ['https://example.atlassian.net'] }),
    edition: z.enum(['cloud', 'data-center']).default('cloud').describe('Jira Cloud, or Jira Data Center and Server.'),
    user: z
      .string()
      .min(1)
      .optional()
      .describe('Cloud: the e-mail address of the account. Data Center: the user name, when there is a password.')
      .meta({ examples: ['gateway@example.com'] }),
    token: z
      .string()
      .min(1)
      .optional()
      .describe('Cloud: an API token. Data Center: a personal access token. "${NAME}" takes it from the environment.')
      .meta({ examples: ['${JIRA_TOKEN}'] }),
    password: z.string().min(1).optional().describe('Data Center: the password of user, where there is no token.'),
    project: z
      .string()
      .regex(PROJECT_KEY)
      .describe('The key of the project; the field project of a push target names another.')
      .meta({ title: 'the key of a project', examples: ['HELP'] }),
    issueType: z.string().min(1).default('Task').describe('The name or the number of the issue type.'),
    reference: z
      .enum(['label', 'description'])
      .default('label')
      .describe(
        'Where the reference stands by which an issue is found again: in a label, or in the last line of the description, for issue types without labels.',
      ),
    longestDescription: z
      .int()
      .min(1_000)
      .max(1_000_000)
      .default(30_000)
      .describe('Characters of the description. Jira itself takes 32,767, unless its administrator said otherwise.'),
    markup: z
      .enum(['wiki', 'none'])
      .default('wiki')
      .describe('Data Center: whether descriptions are shown as wiki markup, as is usual, or as they are.'),
  })
  .superRefine(({ edition, user, token, password }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (edition === 'cloud') {
      if (user === undefined) wrong('user', 'is missing; Jira Cloud wants the e-mail address of the account');
      if (token === undefined) wrong('token', 'is missing; Jira Cloud wants an API token');
      if (password) wrong('password', 'is not taken by Jira Cloud; make an API token and write it as token');
      return;
    }
    if (!token && !password) wrong('token', 'is missing; write a token, or user and password');
    if (token && password) wrong('password', 'stands beside a token; write one of them');
    if (password && !user) wrong('user', 'is missing; it belongs to the password');
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;

/**
 * How far a search may be behind. Cloud: "a few seconds to minutes" is what Atlassian says of a day without trouble; an
 * hour outlasts most disturbances of the index, and costs a rare push that did not arrive an hour, never a second issue.
 * Data Center: its nodes copy the index every few seconds, and fall behind for minutes when they are busy.
 */
export function searchLagOf({ edition }: Pick<Settings, 'edition'>): number {
  return edition === 'cloud' ? 3_600_000 : 600_000;
}
