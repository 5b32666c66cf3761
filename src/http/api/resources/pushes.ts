/** Pushes, to look at: the list, and one with its attempts, what was pushed, and how it stands in the other system. */
import * as z from 'zod';
import { PUSH_STATES, type PushRow } from '../../../gateway/push/push-row.ts';
import { attemptView, pushedView, pushView } from '../../../gateway/push/view.ts';
import type { DetailsValue, DetailsView } from '../../../helpspot/details-html.ts';
import { hasRole, optionsOf } from '../caller.ts';
import { type ApiContext, FailedCall, NO_BODY, NOTHING, operation } from '../operation.ts';
import {
  flag,
  isoTime,
  listSchema,
  moment,
  namedSchema,
  pageSize,
  referenceSchema,
  textSchema,
  timeSchema,
} from '../schemas.ts';
import { onLedger, pushNotFound, requireTarget } from './ledger.ts';

const MOST_ON_PAGE_OF_PUSHES = 200;

const state = z.enum(PUSH_STATES).meta({
  description:
    'waiting: it will be sent; sending; done: the other system has it; failed: it surely did not arrive; unclear: a person must find out; dropped: a person took it out.',
});

const pushShape = {
  id: z.string(),
  target: z.string(),
  knownTarget: z.boolean().meta({ description: 'Whether the configuration still has the push target.' }),
  mode: z.enum(['direct', 'queued']),
  state,
  unsure: z.boolean().meta({ description: 'An attempt may have arrived.' }),
  xRequest: z.string().meta({ description: 'The number of the request in HelpSpot.' }),
  title: z.string(),
  staff: z.string().meta({ description: 'Who pushed it.' }),
  reference: z.string(),
  attempts: z.int(),
  takenAt: timeSchema(),
  changedAt: timeSchema(),
  nextAt: timeSchema().optional(),
  giveUpAt: timeSchema().optional(),
  lookedForUntil: timeSchema().optional(),
  alert: z.literal(true).optional().meta({ description: 'It tells of other pushes, and is of no request.' }),
  origin: z.string().optional(),
  supersededBy: z.string().optional().meta({ description: 'A later push of the same request, which is done.' }),
  trouble: z.strictObject({ kind: z.string(), problem: z.string() }).optional(),
  receipt: z
    .strictObject({ id: z.string(), link: z.string().optional(), isLinked: z.literal(true).optional() })
    .optional()
    .meta({ description: 'What the other system calls it.' }),
};

/** A push in a list. */
const push = namedSchema('Push', z.strictObject(pushShape));

const onePush = namedSchema(
  'PushWithAttempts',
  z.strictObject({
    ...pushShape,
    tried: listSchema(
      z.strictObject({
        number: z.int(),
        at: timeSchema(),
        ms: z.number().optional(),
        result: z.enum([...PUSH_STATES, 'interrupted']),
        reason: z.string().optional(),
      }),
    ).meta({ description: 'The first five attempts and the last twenty.' }),
    pushed: z
      .strictObject({
        title: z.string(),
        body: z.string(),
        fields: z.record(z.string(), z.string()),
        files: listSchema(z.strictObject({ name: z.string(), type: z.string() })),
      })
      .optional()
      .meta({ description: 'For operators, with `body=1`, as long as it is kept.' }),
    details: z
      .strictObject({
        title: z.string(),
        link: z.string().optional(),
        standing: z.string().optional(),
        rows: listSchema(z.strictObject({ label: z.string(), values: listSchema(z.string()) })),
        staleMs: z.number().optional().meta({ description: 'They are so old, since the other system did not answer.' }),
      })
      .optional()
      .meta({ description: 'With `details=1`: as the other system has it now.' }),
  }),
);

/** The filter of a list. */
const filter = {
  target: textSchema('The name of a push target.').optional(),
  state: state.optional(),
  since: moment('Taken then or later.'),
  reference: referenceSchema,
};

export const pushOperations = [
  operation({
    id: 'listPushes',
    method: 'get',
    path: '/api/pushes',
    summary: 'Pushes, newest first',
    tag: 'pushes',
    role: 'viewer',
    names: NOTHING,
    query: z.strictObject({
      ...filter,
      limit: pageSize(MOST_ON_PAGE_OF_PUSHES, 50),
      before: z.coerce.number().int().min(1).optional().meta({ description: '`next` of the page before.' }),
    }),
    body: NO_BODY,
    answer: namedSchema(
      'Pushes',
      z.strictObject({
        pushes: listSchema(push),
        next: z.int().optional().meta({ description: 'Where the next page begins; absent: there is none.' }),
      }),
    ),
    refusals: { 503: 'The store of pushes cannot be read.' },
    perform: (call) =>
      onLedger(call, async (ledger) => {
        const { target, state: wanted, since, reference, limit, before } = call.query;
        await requireTarget(call, ledger, target);
        const states = wanted && [wanted];
        // One more tells whether there are more.
        const found = (await ledger?.list({ target, states, since, reference, before, limit: limit + 1 })) ?? [];
        const rows = found.slice(0, limit);
        const now = ledger?.now() ?? 0;
        const next = found.length > limit ? rows.at(-1)?.seq : undefined;
        return {
          pushes: rows.map((row) => pushView(row, call.gateway.plan, now)),
          ...(next !== undefined && { next }),
        };
      }),
  }),
  operation({
    id: 'getPush',
    method: 'get',
    path: '/api/pushes/{id}',
    summary: 'One push with its attempts',
    tag: 'pushes',
    role: 'viewer',
    names: z.strictObject({ id: textSchema('Ours: `q-…`.') }),
    query: z.strictObject({
      body: flag('`1`: with what was pushed, as long as it is kept; for operators.'),
      details: flag('`1`: asks the other system how it stands.'),
    }),
    body: NO_BODY,
    answer: onePush,
    refusals: {
      404: 'There is no push of this id.',
      502: 'With `details=1`: the other system refused.',
      503: 'The store of pushes cannot be read, or with `details=1`: the other system did not answer.',
    },
    perform: (call) =>
      onLedger(call, async (ledger) => {
        const { gateway, names, query, caller } = call;
        const row = await ledger?.row(names.id);
        if (ledger === undefined || row === undefined) throw pushNotFound(names.id);
        const request = query.body && hasRole(caller, 'operator') ? await ledger.request(row.id) : undefined;
        return {
          ...pushView(row, gateway.plan, ledger.now()),
          tried: (await ledger.attempts(row.id)).map(attemptView),
          ...(request !== undefined && { pushed: pushedView(request) }),
          ...(query.details && !row.isAlert && { details: await detailsOf(call, row) }),
        };
      }),
  }),
] as const;

type Details = NonNullable<z.output<typeof onePush>['details']>;

async function detailsOf({ gateway, req, caller }: ApiContext, { target, id }: PushRow): Promise<Details> {
  const { view, failure } = await gateway.pushDetails({ target, id }, optionsOf(req, caller));
  if (failure !== undefined) throw new FailedCall(failure);
  return detailsView(view);
}

function detailsView({ title, link, standing, rows, stale }: DetailsView): Details {
  return {
    title,
    ...(link !== undefined && { link }),
    ...(standing !== undefined && { standing }),
    rows: rows.flatMap(({ label, value }) => {
      if (value === undefined) return [];
      const values = isManyValues(value) ? value : [value];
      return [{ label, values: values.map(valueText) }];
    }),
    ...(stale !== undefined && { staleMs: stale.ageMs }),
  };
}

function isManyValues(value: DetailsValue | readonly DetailsValue[]): value is readonly DetailsValue[] {
  return Array.isArray(value);
}

/** A link is its address. */
function valueText(value: DetailsValue): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : isoTime(value);
  return typeof value === 'object' ? value.href : String(value);
}
