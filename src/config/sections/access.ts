/** `access:` */
import * as z from 'zod';
import { type AccessPlan, CONSOLE_ROLES } from '../../gateway/plan.ts';
import { DEFAULTS, LIMITS } from '../defaults.ts';
import { LIST_EVEN_IF_WRONG, name, network, repetitions } from './common.ts';

const key = z
  .strictObject({
    name: name().meta({ description: 'Stands in the log instead of the key.', examples: ['helpspot'] }),
    secret: z
      .string()
      .min(LIMITS.keyCharacters)
      .max(1000)
      .meta({
        title: `a text of at least ${LIMITS.keyCharacters} characters`,
        description: 'What the caller shows. Best from the environment or a file; `openssl rand -hex 24` makes one.',
        examples: [`\${GATEWAY_KEY}`],
      }),
    role: z
      .enum(CONSOLE_ROLES)
      .optional()
      .meta({
        description:
          'What the key may do in the administrative part of the API, as the same role may in the console. Left out: nothing there; it asks and pushes.',
        examples: ['viewer'],
      }),
  })
  .meta({ examples: [{ name: 'helpspot', secret: `\${GATEWAY_KEY}` }] });

/** Who may call: keys, networks, calls a minute. */
export const accessSection = z
  .strictObject({
    keys: z
      .array(key)
      .superRefine((keys, context) => {
        for (const { index, first } of repetitions(keys.map((one) => one?.name))) {
          const message = `another key has this name already (keys[${first}]); choose another name`;
          context.addIssue({ code: 'custom', path: [index, 'name'], message });
        }
      }, LIST_EVEN_IF_WRONG)
      .meta({
        description: 'Keys of those who may call. With none, everybody who reaches the gateway may.',
        examples: [[{ name: 'helpspot', secret: `\${GATEWAY_KEY}` }]],
      })
      .default([]),
    networks: z
      .array(network())
      .meta({
        description: 'Addresses and networks that may call at all. Left out: every address.',
        examples: [['127.0.0.0/8', '::1']],
      })
      .default([]),
    ratePerMinute: z
      .int()
      .min(0)
      .max(1_000_000)
      .meta({
        description: 'Calls a minute for one key and address; 0 is no limit.',
        examples: [DEFAULTS.ratePerMinute],
      })
      .default(DEFAULTS.ratePerMinute),
  })
  .meta({ description: 'Who may call.', examples: [{ keys: [{ name: 'helpspot', secret: `\${GATEWAY_KEY}` }] }] })
  .transform((access): AccessPlan => access);
