/** The configuration in force, without secrets; what is wrong with the file now, and what its last change changed. */
import * as z from 'zod';
import { fileOnDisk } from '../../file-on-disk.ts';
import { NO_BODY, NOTHING, operation } from '../operation.ts';
import { isoTime, listSchema, namedSchema, timeSchema } from '../schemas.ts';

/** Of what is wrong with a file, so much is told. */
const MOST_PROBLEMS = 100;

const configuration = namedSchema(
  'Configuration',
  z.strictObject({
    file: z.string(),
    readAt: timeSchema().optional(),
    text: z.string().optional().meta({ description: 'The file in force, with every secret masked.' }),
    onDisk: z
      .strictObject({
        state: z.enum(['same', 'other', 'wrong']).meta({
          description: 'As in force; another one, which comes into force within a second; or one that cannot work.',
        }),
        problems: listSchema(
          z.strictObject({ line: z.int().optional(), column: z.int().optional(), problem: z.string() }),
        ),
      })
      .optional(),
    lastReload: z
      .strictObject({
        at: timeSchema(),
        changes: listSchema(
          z.strictObject({
            section: z.string(),
            name: z.string(),
            change: z.enum(['added', 'removed', 'changed']),
          }),
        ),
      })
      .optional(),
  }),
);

export const configurationOperations = [
  operation({
    id: 'getConfiguration',
    method: 'get',
    path: '/api/configuration',
    summary: 'The configuration in force, without secrets',
    tag: 'configuration',
    role: 'administrator',
    names: NOTHING,
    query: NOTHING,
    body: NO_BODY,
    answer: configuration,
    async perform({ gateway, signal }) {
      const { file, origin } = gateway.plan;
      const disk = await fileOnDisk(gateway, signal);
      const reload = gateway.lastReload;
      return {
        file,
        ...(origin !== undefined && { readAt: isoTime(origin.readAt), text: origin.shown() }),
        ...(disk !== undefined && {
          onDisk: { state: disk.kind, problems: disk.kind === 'wrong' ? problemsOf(disk) : [] },
        }),
        ...(reload !== undefined && { lastReload: { at: isoTime(reload.at), changes: reload.changes } }),
      };
    },
  }),
] as const;

type Wrong = Extract<Awaited<ReturnType<typeof fileOnDisk>>, { readonly kind: 'wrong' }>;

function problemsOf({ problems, message }: Wrong) {
  const told = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ line, column, message: problem }) => ({ line, column, problem }));
  return message === '' ? told : [{ problem: message }, ...told];
}
