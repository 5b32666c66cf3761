/** `events.NAME:` */
import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import type { EventsPlan } from '../../gateway/events/plan.ts';
import { base64Secret, type SignatureScheme } from '../../gateway/events/signature.ts';
import { VENDOR_NAMES } from '../../gateway/events/vendors.ts';
import { DEFAULTS, LIMITS } from '../defaults.ts';
import { EVEN_IF_WRONG, LIST_EVEN_IF_WRONG, repetitions } from './common.ts';

/** The name of a header (RFC 9110, 5.1), of a length that somebody writes. */
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;

const scheme = z
  .strictObject({
    header: z
      .string()
      .regex(HEADER)
      .meta({
        title: 'the name of a header',
        description: 'The header with the signature.',
        examples: ['X-Signature'],
      }),
    prefix: z
      .string()
      .max(50)
      .meta({ description: 'What stands before the signature.', examples: ['sha256='] })
      .default(''),
    encoding: z
      .enum(['hex', 'base64'])
      .meta({ description: 'How the signature is written.', examples: ['hex'] })
      .default('hex'),
    algorithm: z
      .enum(['sha256', 'sha512'])
      .meta({ description: 'The hash of the HMAC over the body.', examples: ['sha256'] })
      .default('sha256'),
  })
  .meta({ examples: [{ header: 'X-Signature', prefix: 'sha256=', encoding: 'hex' }] })
  .transform(({ header, ...rest }): SignatureScheme => ({ header: header.toLowerCase(), ...rest }));

const secret = z
  .string()
  .min(1)
  .max(1000)
  .meta({ examples: [`\${HL_SECRET}`] });

/** As templates and other languages of paths have it; no event has such a field. */
const OTHER_PATH = /\{\{|\}\}|^\$\.|\[(?:\d*|\*)\]/;

const path = () =>
  z
    .string()
    .min(1)
    .max(200)
    .refine((text) => !OTHER_PATH.test(text))
    .meta({ title: 'the path of a field, as in data.id: no {{ }}, no $. and no [ ]', examples: ['data.id'] });

const word = z
  .string()
  .min(1)
  .max(200)
  .meta({ examples: ['ended'] });

/** One, or a list without repetitions. */
function oneOrMore<Entry extends z.ZodType>(entry: Entry, most: number) {
  return z.union([
    entry,
    z
      .array(entry)
      .min(1)
      .max(most)
      .superRefine((entries, context) => {
        for (const { index } of repetitions(entries)) {
          context.addIssue({ code: 'custom', path: [index], message: 'stands in the list already; remove it' });
        }
      }, LIST_EVEN_IF_WRONG),
  ]);
}

/** More types than any record can end with. */
const MOST_ENDS = 20;

/** Of one record: its id, perhaps that of a shop besides. */
const MOST_WHERE = 5;

/** Everything but the name of the events. */
export const eventsSection = z
  .strictObject({
    verify: z.union([z.enum(VENDOR_NAMES), scheme]).meta({
      description: 'How events are signed: as one of these systems does, or an HMAC over the body in a header.',
      examples: ['help-lightning'],
    }),
    secret: oneOrMore(secret, LIMITS.eventSecrets).meta({
      description: 'The secret that they are signed with; while it is changed, a list of both.',
      examples: [`\${HL_SECRET}`],
    }),
    id: path()
      .meta({
        description:
          'The field that is different for each event. Left out: what the system gives for it, else the body.',
        examples: ['data.id'],
      })
      .optional(),
    type: path()
      .meta({ description: 'The field with the type. Left out: where the system has it.', examples: ['event'] })
      .optional(),
    time: path()
      .meta({
        description:
          'The field with the time at which it happened. Left out: where the system has it, else when it came.',
        examples: ['created_at'],
      })
      .optional(),
    gather: path()
      .meta({
        description: 'Events with the same value in this field become one record. Left out: each event is one.',
        examples: ['call_id'],
      })
      .optional(),
    until: oneOrMore(word, MOST_ENDS)
      .meta({
        description: 'With gather: the type, or a part of it, of the event that ends a record.',
        examples: ['ended'],
      })
      .optional(),
    within: duration('1s', '30d', DEFAULTS.eventsWithin)
      .meta({
        description: 'With gather: a record to which nothing comes for so long is pushed without its end.',
        examples: [DEFAULTS.eventsWithin],
      })
      .prefault(DEFAULTS.eventsWithin),
    settle: duration('0s', '1h', DEFAULTS.eventsSettle)
      .meta({
        description: 'With gather: after the end so long is waited for what was overtaken by it.',
        examples: [DEFAULTS.eventsSettle],
      })
      .prefault(DEFAULTS.eventsSettle),
    push: z
      .array(z.string().min(1).max(100))
      .superRefine((names, context) => {
        for (const { index } of repetitions(names)) {
          context.addIssue({ code: 'custom', path: [index], message: 'stands in the list already; remove it' });
        }
      }, LIST_EVEN_IF_WRONG)
      .meta({ description: 'The push targets that get the record.', examples: [['HelpSpotNote']] })
      .default([]),
    index: z
      .strictObject({
        source: z
          .string()
          .min(1)
          .max(100)
          .meta({ description: 'A source with an index.', examples: ['shop'] }),
        where: z
          .record(z.string().min(1).max(200), z.string().min(1).max(500))
          .refine((where) => Object.keys(where).length > 0 && Object.keys(where).length <= MOST_WHERE)
          .meta({
            title: `1 to ${MOST_WHERE} fields with a template each`,
            description: 'Which of its records an event is about: templates of the event by field of the source.',
            examples: [{ customer_id: '{{id}}' }],
          }),
      })
      .meta({
        description:
          'The source is asked again for the record that an event is about, and its index has what it answers.',
        examples: [{ source: 'shop', where: { customer_id: '{{id}}' } }],
      })
      .optional(),
  })
  .superRefine(({ verify, secret: secrets, gather, until, push, index }, context) => {
    if (Array.isArray(push) && push.length === 0 && index === undefined) {
      const message = 'names nobody who gets the events; write push: [TARGET], or index: { source: …, where: … }';
      context.addIssue({ code: 'custom', path: ['push'], message });
    }
    if (gather === undefined && until !== undefined) {
      const message = 'ends nothing without gather; write gather: with the field that its events have in common';
      context.addIssue({ code: 'custom', path: ['until'], message });
    }
    if (verify !== 'standard-webhooks') return;
    const isList = Array.isArray(secrets);
    for (const [index, one] of (isList ? secrets : [secrets]).entries()) {
      if (typeof one !== 'string' || base64Secret(one) !== undefined) continue;
      const message = 'is no secret of Standard Webhooks: whsec_ and base64 behind it; copy all of it';
      context.addIssue({ code: 'custom', path: isList ? ['secret', index] : ['secret'], message });
    }
  }, EVEN_IF_WRONG)
  .meta({
    description: 'Signed events of another system: /events/NAME.',
    examples: [
      { verify: 'help-lightning', secret: `\${HL_SECRET}`, gather: 'call_id', until: 'ended', push: ['Note'] },
    ],
  })
  .transform(
    ({ secret: secrets, until = [], within, settle, id, type, time, gather, ...rest }): Omit<EventsPlan, 'name'> => ({
      ...rest,
      ...{ id, type, time, gather, withinMs: within, settleMs: settle },
      secrets: [secrets].flat(),
      until: [until].flat(),
    }),
  );
