/** What an administrator writes about an ActiveCollab. */

import * as z from 'zod';
import { httpShape, webAddress } from '../../src/kit/http/index.ts';
import { type Complain, refuseHalfLogin } from '../../src/kit/web/index.ts';

const credentials = z.string().min(1);

/** The schema. */
export const settings = z
  .strictObject({
    url: webAddress
      .describe(
        'The address of ActiveCollab: in the cloud https://app.activecollab.com/ACCOUNT. With api: classic the API URL of ' +
          'the page with the token, which ends with api.php.',
      )
      .meta({ examples: ['https://projects.example.com'] }),
    api: z
      .enum(['current', 'classic'])
      .default('current')
      .describe(
        'current: ActiveCollab 5 and later, and the cloud. classic: tickets of activeCollab 1 and 2 (path_info).',
      ),
    token: credentials
      .optional()
      .describe('An API token of the account that makes the tasks. "${NAME}" takes it from the environment.'),
    email: credentials
      .optional()
      .describe('Instead of a token, self-hosted only: the account that makes the tasks.')
      .meta({ examples: ['gateway@example.com'] }),
    password: credentials.optional().describe('Its password.'),
    project: z
      .int()
      .positive()
      .optional()
      .describe('The number of the project for push targets that name none. It is in the address of the project.'),
    ...httpShape,
  })
  .superRefine((login, context) => {
    const wrong: Complain = (path, message) => context.addIssue({ code: 'custom', path: [path], message });
    if (login.api === 'classic' && (login.email !== undefined || login.password !== undefined)) {
      wrong('email', 'is not known to the classic API; write the token of the page "API Settings"');
    } else refuseHalfLogin(login, wrong);
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;
