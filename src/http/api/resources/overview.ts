/** `GET /api/overview`: sources, lookups by the hour, pushes in numbers, and what is wrong. */
import * as z from 'zod';
import type { Finding } from '../../../gateway/outcome.ts';
import { figuresByTarget } from '../../../gateway/push/figures.ts';
import type { TargetFigures } from '../../../gateway/push/push-row.ts';
import { type SourceStanding, sourceStandings } from '../../../gateway/sources/standing.ts';
import { wholeCheck } from '../../whole-check.ts';
import { type ApiContext, NO_BODY, NOTHING, operation } from '../operation.ts';
import { flag, isoTime, listSchema, namedSchema, timeSchema } from '../schemas.ts';
import { sourceSchema, sourceView } from './sources.ts';

const overview = namedSchema(
  'Overview',
  z.strictObject({
    sources: listSchema(sourceSchema),
    lookupsByHour: listSchema(z.strictObject({ at: timeSchema(), lookups: z.int(), failed: z.int() })).meta({
      description: 'The last 24 hours, since the gateway was started.',
    }),
    pushes: listSchema(
      z.strictObject({
        target: z.string(),
        waiting: z.int(),
        sending: z.int(),
        failed: z.int(),
        unclear: z.int(),
        oldestAt: timeSchema().optional(),
      }),
    )
      .optional()
      .meta({ description: 'Absent: there are no push targets, or their store cannot be read.' }),
    problems: listSchema(
      z.strictObject({
        where: z.string(),
        weight: z.enum(['error', 'warning']),
        sentence: z.string(),
      }),
    ).meta({ description: 'What is known without asking; with `check=1` what `helpspot-gateway check` says, too.' }),
    isChecked: z.boolean().meta({ description: 'False with `check=1`: there was not enough time for all of it.' }),
  }),
);

export const overviewOperations = [
  operation({
    id: 'getOverview',
    method: 'get',
    path: '/api/overview',
    summary: 'How the gateway stands',
    tag: 'overview',
    role: 'viewer',
    names: NOTHING,
    query: z.strictObject({ check: flag('`1`: asks every source, and compares the configuration with them.') }),
    body: NO_BODY,
    answer: overview,
    async perform(call) {
      const { gateway, statistics, query } = call;
      const standings = await sourceStandings(gateway, statistics);
      const figures = gateway.plan.push.size === 0 ? undefined : await figuresByTarget(gateway);
      const checked = query.check ? await problemsOfCheck(call) : undefined;
      return {
        sources: standings.map(sourceView),
        lookupsByHour: statistics.hours().map((hour) => ({ ...hour, at: isoTime(hour.at) })),
        ...(figures !== undefined && {
          pushes: figures.map(({ oldestAt, ...one }) => ({
            ...one,
            ...(oldestAt !== undefined && { oldestAt: isoTime(oldestAt) }),
          })),
        }),
        problems: checked?.problems ?? knownProblems(call, standings, figures),
        isChecked: checked?.isWhole ?? false,
      };
    },
  }),
] as const;

function knownProblems(
  { gateway }: ApiContext,
  standings: readonly SourceStanding[],
  figures: readonly TargetFigures[] | undefined,
): readonly Finding[] {
  const { push } = gateway.plan;
  const problems = standings.flatMap(({ plan, rest, state, index }): readonly Finding[] => {
    const where = `sources.${plan.name}`;
    const warnings = [...(state?.warnings ?? []), ...(index?.problem === undefined ? [] : [index.problem])];
    return [
      ...(rest === undefined ? [] : [{ where, weight: 'error' as const, sentence: rest.error.message }]),
      ...warnings.map((sentence) => ({ where, weight: 'warning' as const, sentence })),
    ];
  });
  const ofPushes = (figures ?? []).flatMap(({ target, failed, unclear }): readonly Finding[] => {
    if (failed + unclear === 0) return [];
    const sentence = `${failed} failed and ${unclear} unclear; GET /api/pushes?target=${target} lists them`;
    return [{ where: `push.${target}`, weight: 'warning', sentence }];
  });
  const store: readonly Finding[] =
    push.size > 0 && figures === undefined
      ? [{ where: 'store', weight: 'error', sentence: 'The store of pushes cannot be read; the log says why' }]
      : [];
  const audit: readonly Finding[] =
    gateway.audit.isUp === false
      ? [{ where: 'audit', weight: 'warning', sentence: 'The audit cannot be written; the log says why' }]
      : [];
  return [...problems, ...ofPushes, ...store, ...audit];
}

async function problemsOfCheck({ gateway, signal }: ApiContext) {
  const { rows, findings } = await wholeCheck(gateway, signal);
  const ofRows = rows.flatMap(({ source, ok, problem, warnings = [] }): readonly Finding[] => {
    const where = gateway.plan.sources.has(source) ? `sources.${source}` : source;
    if (!ok) return [{ where, weight: 'error', sentence: problem }];
    return warnings.map((sentence) => ({ where, weight: 'warning', sentence }));
  });
  return { problems: [...ofRows, ...(findings ?? [])], isWhole: findings !== undefined };
}
