/** `push.NAME:` */

import { distance } from 'fastest-levenshtein';
import * as z from 'zod';
import { duration, placesOf } from '../../contract/index.ts';
import type { PushTargetPlan } from '../../gateway/push/plan.ts';
import { isRequestName } from '../../helpspot/named-ids.ts';
import { isPushValue, PUSH_VALUE_NAMES } from '../../helpspot/push-value-names.ts';
import { DEFAULTS } from '../defaults.ts';
import { customFieldMistake } from '../names.ts';
import { EVEN_IF_WRONG, mistake } from './common.ts';
import { pushJson } from './push-json.ts';

/** For the JSON Schema, the names that `pushNameProblem` lets pass: a part of a PHP class name (manual, chapter 2.2). */
export const PUSH_NAME = /^(?![Bb][Aa][Ss][Ee]$)[A-Za-z0-9_]{1,64}$/;

/** HelpSpot may send names that nobody documents, and a webhook's address any: what is near to no known one passes. */
function placeMistake(template: string): string | undefined {
  return placesOf(template)
    .map((place) => customFieldMistake(place) ?? slip(place))
    .find((found) => found !== undefined);
}

/** Names of fewer letters are near to too many others. */
const SHORTEST_COMPARED = 5;
const FEWEST_EDITS = 2;

/** Two letters changed places, or one is missing. Not the first one: `sStatus` is no slip for `xStatus`. */
function slip(place: string): string | undefined {
  if (place.length < SHORTEST_COMPARED || isPushValue(place)) return undefined;
  const isNear = (name: string) => Math.abs(name.length - place.length) <= FEWEST_EDITS && name[0] === place[0];
  // Words as short as status are near to what a webhook's address may have.
  const known = PUSH_VALUE_NAMES.filter((name) => name.length >= SHORTEST_COMPARED && !isRequestName(name));
  const meant = known
    .filter(isNear)
    .map((name) => ({ name, edits: distance(name, place) }))
    .toSorted((a, b) => a.edits - b.edits)[0];
  if (meant === undefined || meant.edits > FEWEST_EDITS) return undefined;
  return `has the place {{${place}}}, which is none; did you mean {{${meant.name}}}?`;
}

const template = () => z.string().max(100_000).superRefine(mistake(placeMistake));

const fields = z
  .record(
    z.string().min(1).max(200),
    z
      .union([template(), z.number(), z.boolean()])
      .transform(String)
      .meta({ title: 'a text', examples: ['{{sTitle}}'] }),
  )
  .meta({
    description: "The target's own fields, with what goes into them. One that comes out empty is left out.",
    examples: [{ project: 'Support', priority: '{{Custom5}}' }],
  })
  .prefault({});

const retry = z
  .strictObject({
    first: duration('100ms', '1h', DEFAULTS.retryFirst)
      .meta({ description: 'The longest wait before the first repetition; it doubles with each.', examples: ['5s'] })
      .prefault(DEFAULTS.retryFirst),
    longest: duration('1s', '1d', DEFAULTS.retryLongest)
      .meta({ description: 'No wait is longer, unless the target asks for it.', examples: ['1h'] })
      .prefault(DEFAULTS.retryLongest),
    giveUpAfter: duration('1s', '30d', DEFAULTS.giveUpAfter)
      .meta({ description: 'A push that is not out after this time is given up and kept.', examples: ['3d'] })
      .prefault(DEFAULTS.giveUpAfter),
  })
  .superRefine(({ first, longest }, context) => {
    if (typeof first !== 'number' || typeof longest !== 'number' || longest >= first) return;
    context.addIssue({
      code: 'custom',
      path: ['longest'],
      message: 'is shorter than retry.first; write a longer time',
    });
  }, EVEN_IF_WRONG)
  .meta({
    description: 'How a queued push is repeated.',
    examples: [{ first: DEFAULTS.retryFirst, longest: DEFAULTS.retryLongest, giveUpAfter: DEFAULTS.giveUpAfter }],
  })
  .prefault({});

/** Everything but the name of the push target. */
export const pushSection = z
  .strictObject({
    source: z
      .string()
      .min(1)
      .meta({ description: 'The source that is pushed to.', examples: ['fogbugz'] }),
    mode: z
      .enum(['direct', 'queued'])
      .meta({
        description: 'direct: staff wait for the target. queued: stored, answered at once, delivered with repetition.',
        examples: ['direct'],
      })
      .default('direct'),
    title: template()
      .meta({ description: "A template. Left out: the request's title, or its number.", examples: ['{{sTitle}}'] })
      .optional(),
    body: template()
      .meta({
        description: "A template. Left out: the comment, the first note, the attachments' links and the link back.",
        examples: ['{{staff_comment}}\n\n{{note}}\n\n{{request_link}}'],
      })
      .optional(),
    fields,
    attachments: z
      .enum(['links', 'files', 'none'])
      .meta({
        description: 'What becomes of attachments: links in the body, files where the target takes them, or nothing.',
        examples: ['links'],
      })
      .default('links'),
    link: z
      .boolean()
      .meta({
        description:
          'Whether a comment that begins with the number of something there links that, and makes nothing new.',
        examples: [true],
      })
      .default(false),
    duplicateWindow: duration('0s', '1d', DEFAULTS.duplicateWindow)
      .meta({ description: 'The same push again within this time is the same push.', examples: ['60s'] })
      .prefault(DEFAULTS.duplicateWindow),
    whenUnclear: z
      .enum(['hold', 'repeat'])
      .meta({
        description:
          'When nobody can find out whether a push arrived: hold it for a person, or repeat it. Left out: what the adapter does; webhook repeats, all others hold.',
        examples: ['hold'],
      })
      .optional(),
    lookFor: duration('0s', '7d', '1h')
      .meta({
        description:
          'So long a push that may have arrived is looked for, where a search may miss what is new, before it is sent again. Left out: what the adapter says.',
        examples: ['1h'],
      })
      .optional(),
    retry,
    json: pushJson.optional(),
  })
  .meta({ description: 'One Request Push target: /push/NAME.', examples: [{ source: 'fogbugz', mode: 'direct' }] })
  .transform(
    ({ duplicateWindow, lookFor, retry: { first, longest, giveUpAfter }, title, body, ...rest }): PushSettings => ({
      ...rest,
      title,
      body,
      duplicateWindowMs: duplicateWindow,
      lookForMs: lookFor,
      retry: { firstMs: first, longestMs: longest, giveUpAfterMs: giveUpAfter },
    }),
  );

/** A push target as it is written: what its adapter decides may be missing. */
export interface PushSettings extends Omit<PushTargetPlan, 'name' | 'whenUnclear' | 'lookForMs'> {
  readonly whenUnclear?: PushTargetPlan['whenUnclear'] | undefined;
  readonly lookForMs?: number | undefined;
}
