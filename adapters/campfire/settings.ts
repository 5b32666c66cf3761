/** What an administrator writes about a room of Campfire. */

import * as z from 'zod';
import { httpShape, webAddress } from '../../src/kit/http/index.ts';

/** The schema. */
export const settings = z
  .strictObject({
    ...httpShape,
    url: webAddress
      .describe('The address of Campfire, without a path.')
      .meta({ examples: ['https://chat.example.com'] }),
    api: z
      .enum(['once', 'classic'])
      .default('once')
      .describe('once: ONCE Campfire, which you host; classic: the older service at ACCOUNT.campfirenow.com.'),
    room: z
      .union([z.int().positive(), z.string().regex(/^[1-9]\d{0,18}$/)])
      .transform(String)
      .describe('The number of the room, as in its address: /rooms/12.')
      .meta({ title: 'the number of a room', examples: [12] }),
    botKey: z
      .string()
      .regex(/^[\w-]{3,200}$/)
      .optional()
      .describe(
        'ONCE Campfire: the key of the bot, the part before /messages in the address that Campfire shows for it.',
      )
      .meta({ title: 'the key of a bot', examples: ['${CAMPFIRE_BOT_KEY}'] }),
    findMessages: z
      .boolean()
      .default(true)
      .describe(
        'ONCE Campfire: whether the bot can read the room, to see whether a message arrived. Older versions cannot: write false there.',
      ),
    email: z.string().min(1).optional().describe('classic: the address of the account.'),
    password: z.string().min(1).optional().describe('classic: its password: "${NAME}" takes it from the environment.'),
  })
  .superRefine(({ api, botKey, email, password }, context) => {
    const missing = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (api === 'once' && botKey === undefined) missing('botKey', 'is missing; Campfire shows it under Chat bots');
    if (api === 'classic' && email === undefined) missing('email', 'is missing; the classic API signs in with it');
    if (api === 'classic' && password === undefined)
      missing('password', 'is missing; the classic API signs in with it');
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;
