/** `console:` */
import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import { CONSOLE_ROLES, type ConsolePlan } from '../../gateway/plan.ts';
import { DEFAULTS } from '../defaults.ts';
import { LIST_EVEN_IF_WRONG, repetitions } from './common.ts';
import { openIdSetting } from './console-openid.ts';

const user = z
  .strictObject({
    // As proxies name people, too: anna@example.com, EXAMPLE\\anna.
    name: z
      .string()
      .max(100)
      .regex(/^[\p{L}\p{M}\p{N}._@+\\-]+$/u)
      .meta({
        title: 'a name without spaces',
        description: 'What is typed to sign in, and stands in the audit.',
        examples: ['anna'],
      }),
    role: z.enum(CONSOLE_ROLES).meta({
      description:
        'viewer looks; operator retries and drops pushes, too; administrator also rebuilds and empties indexes and sees the configuration.',
      examples: ['administrator'],
    }),
    password: z
      .string()
      .regex(/^scrypt:\d{1,2}:\d{1,2}:\d{1,2}:[\w-]{16,200}:[\w-]{40,200}$/)
      .optional()
      .meta({
        title: 'what `helpspot-gateway console-password` prints',
        description: 'The hash of the password. Left out: only through the proxy of `proxyUser`, or `openid`.',
        examples: [`\${CONSOLE_PASSWORD}`],
      }),
  })
  .meta({ examples: [{ name: 'anna', role: 'administrator', password: `\${CONSOLE_PASSWORD}` }] });

/** Who may open the console. */
export const consoleSection = z
  .strictObject({
    users: z
      .array(user)
      .superRefine((users, context) => {
        for (const { index, first } of repetitions(users.map((one) => one?.name?.toLowerCase()))) {
          const message = `another user has this name already (users[${first}]); choose another name`;
          context.addIssue({ code: 'custom', path: [index, 'name'], message });
        }
      }, LIST_EVEN_IF_WRONG)
      .default([])
      .meta({
        description: 'Who may sign in. May be left out with `openid.roles`.',
        examples: [[{ name: 'anna', role: 'administrator', password: `\${CONSOLE_PASSWORD}` }]],
      }),
    proxyUser: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9-]+$/)
      .optional()
      .meta({
        title: 'the name of a header',
        description: 'The header in which a proxy of `server.trustProxy` names the user who has signed in there.',
        examples: ['X-Forwarded-User'],
      }),
    session: duration('5m', '7d')
      .meta({
        description: 'A session ends after this time, and after a quarter of it without a call.',
        examples: [DEFAULTS.consoleSession],
      })
      .prefault(DEFAULTS.consoleSession),
    openid: openIdSetting.optional(),
  })
  .superRefine(({ users, proxyUser, openid }, context) => {
    if (users.length === 0 && openid?.roles === undefined) {
      const message = 'has nobody who may sign in; write users: [{ name: anna, role: administrator, password: … }]';
      context.addIssue({ code: 'custom', path: ['users'], message });
    }
    if (proxyUser !== undefined || openid !== undefined) return;
    for (const [index, { password }] of users.entries()) {
      if (password !== undefined) continue;
      const message =
        'has no password, and there is neither proxyUser nor openid; write what helpspot-gateway console-password prints';
      context.addIssue({ code: 'custom', path: ['users', index, 'password'], message });
    }
  })
  .meta({
    description: 'Pages for administrators at /console/. Left out: there are none.',
    examples: [{ users: [{ name: 'anna', role: 'administrator', password: `\${CONSOLE_PASSWORD}` }] }],
  })
  .transform(
    ({ users, proxyUser, session, openid }): ConsolePlan => ({ users, proxyUser, sessionMs: session, openid }),
  );
