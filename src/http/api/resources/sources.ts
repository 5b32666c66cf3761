/** Sources: how they stand, their fields, a test of their credentials, their index. */
import * as z from 'zod';
import { KINDS, redact } from '../../../contract/index.ts';
import { tellChange } from '../../../gateway/audit/change.ts';
import type { SourcePlan } from '../../../gateway/plan.ts';
import { shownFields } from '../../../gateway/sources/shown-fields.ts';
import { type SourceStanding, sourceStandings } from '../../../gateway/sources/standing.ts';
import { unknownName } from '../../../gateway/unknown-name.ts';
import { Refusal } from '../../refusal.ts';
import { makerOf, refuseRole } from '../caller.ts';
import { type ApiContext, NO_BODY, NOTHING, operation } from '../operation.ts';
import { flag, isoTime, listSchema, namedSchema, textSchema, timeSchema } from '../schemas.ts';

const figures = z.strictObject({
  calls: z.int().meta({ description: 'Of this hour and the one before.' }),
  failed: z.int(),
  p50Seconds: z.number().optional().meta({ description: 'Half of the answers took no longer.' }),
  p95Seconds: z.number().optional(),
});

const indexOfSource = z.strictObject({
  use: z.enum(['when-down', 'always']),
  records: z.int(),
  leftOut: z.int().meta({ description: 'Records that are too large for it.' }),
  freshAt: timeSchema().optional(),
  fullAt: timeSchema().optional(),
  running: z.strictObject({ began: timeSchema(), read: z.int(), changed: z.int() }).optional(),
  isFollowed: z.boolean().meta({ description: 'Whether a gateway brings it up to date.' }),
  follower: z.string().optional().meta({ description: 'Which gateway does, of those of several machines.' }),
  held: z.int().meta({ description: 'So many records wait for a person before they are removed.' }),
  problem: z.string().optional().meta({ description: 'Why the last run ended early.' }),
});

/** How a source stands. */
export const sourceSchema = namedSchema(
  'Source',
  z.strictObject({
    name: z.string(),
    title: z.string().meta({ description: 'What staff call the system.' }),
    adapter: z.string(),
    state: z.enum(['asked', 'rests']).meta({ description: 'It rests after failures, and is asked again by itself.' }),
    restsSince: timeSchema().optional(),
    askedAgainAt: timeSchema().optional(),
    problem: z.string().optional().meta({ description: 'Its last failure, while it rests.' }),
    warnings: listSchema(z.string()),
    leftOut: z.int().meta({ description: 'Lines of its data that cannot be read.' }),
    dataAt: timeSchema().optional(),
    timeoutMs: z.int().optional(),
    figures,
    index: indexOfSource.optional(),
  }),
);

/** The same of what the gateway knows. */
export function sourceView({ plan, rest, state, index, dataAt, times }: SourceStanding): z.output<typeof sourceSchema> {
  const { warnings = [], leftOut = 0 } = state ?? {};
  return {
    name: plan.name,
    title: plan.title,
    adapter: plan.adapter.name,
    state: rest === undefined ? 'asked' : 'rests',
    ...(rest !== undefined && {
      restsSince: isoTime(rest.since),
      askedAgainAt: isoTime(rest.nextAt),
      problem: rest.error.message,
    }),
    warnings,
    leftOut,
    ...(dataAt !== undefined && { dataAt: isoTime(dataAt) }),
    ...(plan.timeoutMs !== undefined && { timeoutMs: plan.timeoutMs }),
    figures: { calls: times.calls, failed: times.failed, p50Seconds: times.p50, p95Seconds: times.p95 },
    ...(plan.index !== undefined && { index: indexView(index, plan.index.use) }),
  };
}

function indexView(state: SourceStanding['index'], use: 'when-down' | 'always'): z.output<typeof indexOfSource> {
  if (state === undefined) return { use, records: 0, leftOut: 0, isFollowed: false, held: 0 };
  const { records, leftOut, freshAt, fullAt, run, held, problem, ownedUntil, follower } = state;
  return {
    ...{ use, records, leftOut, held, isFollowed: ownedUntil > Date.now() },
    ...(freshAt !== undefined && { freshAt: isoTime(freshAt) }),
    ...(fullAt !== undefined && { fullAt: isoTime(fullAt) }),
    ...(run && { running: { began: isoTime(run.began), read: run.read ?? 0, changed: run.changed ?? 0 } }),
    ...(follower !== undefined && { follower }),
    ...(problem !== undefined && { problem }),
  };
}

const fields = namedSchema(
  'SourceFields',
  z.strictObject({
    fields: listSchema(
      z.strictObject({
        name: z.string(),
        kind: z.enum(KINDS),
        searchable: listSchema(z.enum(['exact', 'prefix', 'contains']))
          .optional()
          .meta({ description: 'Absent: nobody knows.' }),
        shown: z.boolean().optional().meta({ description: 'Whether records show it; absent: nobody knows.' }),
        example: z.string().meta({ description: 'The form of a value, `Xxx 99`; with `examples=1` a value.' }),
      }),
    ),
    more: z.int().meta({ description: 'How many more there are.' }),
    isListed: z.boolean().meta({ description: 'Whether the system says which there are; else a sample does.' }),
  }),
);

const tested = namedSchema(
  'SourceTest',
  z.strictObject({
    ok: z.boolean(),
    problem: z.string().meta({ description: 'What is wrong and how to mend it; empty when ok.' }),
    warnings: listSchema(z.string()),
    milliseconds: z.number(),
  }),
);

const names = z.strictObject({ name: textSchema('A name of `sources`.') });
const unknown = { 404: 'There is no source of this name.' };
const common = { tag: 'sources', names, query: NOTHING, body: NO_BODY } as const;

export const sourceOperations = [
  operation({
    ...common,
    id: 'listSources',
    method: 'get',
    path: '/api/sources',
    summary: 'How the sources stand',
    role: 'viewer',
    names: NOTHING,
    answer: namedSchema('Sources', z.strictObject({ sources: listSchema(sourceSchema) })),
    async perform({ gateway, statistics }) {
      return { sources: (await sourceStandings(gateway, statistics)).map(sourceView) };
    },
  }),
  operation({
    ...common,
    id: 'getSource',
    method: 'get',
    path: '/api/sources/{name}',
    summary: 'How one source stands',
    role: 'viewer',
    answer: sourceSchema,
    refusals: unknown,
    async perform(call) {
      const { name } = planOf(call, call.names.name);
      const standing = (await sourceStandings(call.gateway, call.statistics)).find(({ plan }) => plan.name === name);
      if (standing === undefined) throw new Refusal(404, 'The source is not in the configuration any more');
      return sourceView(standing);
    },
  }),
  operation({
    ...common,
    id: 'listSourceFields',
    method: 'get',
    path: '/api/sources/{name}/fields',
    summary: 'The fields of a source, with the form of their values',
    role: 'viewer',
    query: z.strictObject({
      examples: flag('`1`: values of customers instead of their form; for administrators, and told in the audit.'),
    }),
    answer: fields,
    refusals: { ...unknown, 503: 'It rests, or did not answer in time.' },
    async perform(call) {
      const { gateway, caller, query, signal } = call;
      const { name } = planOf(call, call.names.name);
      const withExamples = query.examples === true;
      if (withExamples) refuseRole(caller, 'administrator');
      const look = await shownFields(gateway, name, { withExamples, signal });
      if (look === undefined) {
        throw new Refusal(503, `The source ${name} rests or does not answer; POST /api/sources/${name}/test says why`);
      }
      if (withExamples) tellChange(gateway, makerOf(caller), { what: 'source.examples', of: name });
      return look;
    },
  }),
  operation({
    ...common,
    id: 'testSource',
    method: 'post',
    path: '/api/sources/{name}/test',
    summary: 'Tests connection and credentials',
    role: 'viewer',
    answer: tested,
    refusals: unknown,
    async perform(call) {
      const { name } = planOf(call, call.names.name);
      const { ok, problem, warnings = [], milliseconds } = await call.gateway.checkSource(name, call.signal);
      return { ok, problem: redact(problem, call.gateway.plan.secrets), warnings, milliseconds };
    },
  }),
  operation({
    ...common,
    id: 'rebuildIndex',
    method: 'post',
    path: '/api/sources/{name}/index/rebuild',
    summary: 'Has the index of a source read anew; what is there answers meanwhile',
    role: 'administrator',
    changes: true,
    answer: namedSchema('RebuildBegun', z.strictObject({ source: z.string(), begun: z.literal(true) })),
    refusals: { ...unknown, 409: 'It has no index, or nothing is in it yet.' },
    async perform(call) {
      const { gateway, caller } = call;
      const { name, index } = planOf(call, call.names.name);
      if (index === undefined)
        throw new Refusal(409, `The source ${name} has no index; index: in its settings begins one`);
      if (!(await gateway.rebuildIndex(name))) {
        throw new Refusal(409, `There is nothing of ${name} in the index yet; a gateway that serves begins by itself`);
      }
      tellChange(gateway, makerOf(caller), { what: 'index.rebuild', of: name });
      return { source: name, begun: true as const };
    },
  }),
] as const;

function planOf({ gateway }: ApiContext, name: string): SourcePlan {
  const { sources } = gateway.plan;
  const plan = sources.get(name);
  if (plan === undefined) throw new Refusal(404, unknownName('source', name, [...sources.keys()]).words);
  return plan;
}
