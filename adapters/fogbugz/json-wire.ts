/** The JSON API of FogBugz On Demand and newer servers. */

import * as z from 'zod';
import { SourceError } from '../../src/contract/index.ts';
import type { HttpAnswer, HttpClient } from '../../src/kit/http/index.ts';
import { type CaseEvent, type Command, caseNumber, type FogBugzCase, type Reply, type Wire } from './commands.ts';
import { READ_STATUSES, Refusal, statusFailure, unexpected } from './failures.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const oneCase = z.looseObject({ ixBug: text, tags: z.array(text).nullish().catch([]) });
const word = z.string().nullish();
const file = z.looseObject({ sFileName: word, sURL: word });
const event = z.looseObject({
  ...{ evtDescription: word, sVerb: word, dt: word, sPerson: word, s: word },
  rgAttachments: z.array(file).nullish().catch([]),
});
const events = z.array(event);

const answerShape = z.looseObject({
  data: z
    .looseObject({
      token: z.string().nullish(),
      case: oneCase.nullish(),
      cases: z.array(oneCase).nullish(),
      projects: z.array(z.unknown()).nullish(),
      people: z.array(text).nullish().catch([]),
    })
    .nullish(),
  errors: z.array(z.looseObject({ message: z.string().nullish(), code: text.nullish() })).nullish(),
  people: z.array(text).nullish().catch([]),
});

/**
 * https://support.fogbugz.com/hc/en-us/articles/360011343853-Using-JSON-with-the-FogBugz-API
 * @param withFiles takes the commands that have files: how JSON and files go together is documented for the XML API only,
 *   and a token is good for both
 */
export function createJsonWire(client: HttpClient, withFiles: Wire): Wire {
  return {
    async send(command, token, signal) {
      if ((command.files ?? []).length > 0) return withFiles.send(command, token, signal);
      const { cmd, params, reads = false } = command;
      const json = { cmd, token, ...typed(params) };
      const how = { method: 'POST', repeatable: reads, expect: READ_STATUSES } as const;
      return replyOf(await client.request({ ...how, path: '/f/api/0/jsonapi', json }, signal), cmd);
    },
  };
}

/** "Fields that begin with ix accept integer values, fields that begin with f boolean values, lists must be arrays." */
function typed(params: Command['params']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (typeof value !== 'string') return [name, value];
      if (/^ix[A-Z]/.test(name) && /^\d{1,15}$/.test(value)) return [name, Number(value)];
      return /^f[A-Z]/.test(name) && /^[01]$/.test(value) ? [name, value === '1'] : [name, value];
    }),
  );
}

function replyOf(answer: HttpAnswer, cmd: string): Reply {
  const read = answerShape.safeParse(jsonOf(answer, cmd));
  const [error] = read.data?.errors ?? [];
  if (error !== undefined) {
    const people = [...(read.data?.data?.people ?? []), ...(read.data?.people ?? [])];
    throw new Refusal(cmd, error.code ?? '?', answer.quoted(error.message ?? ''), people);
  }
  if (answer.status >= 300) throw statusFailure(answer, cmd);
  if (!read.success) throw unexpected(cmd, 'with JSON that is not its own');
  const data = read.data.data ?? {};
  const cases = [...(data.case ? [data.case] : []), ...(data.cases ?? [])];
  return {
    token: data.token ?? undefined,
    cases: cases.map((one) => caseOf(one, cmd)),
    projects: data.projects?.length,
  };
}

function jsonOf(answer: HttpAnswer, cmd: string): unknown {
  try {
    return answer.json();
  } catch (error) {
    if (answer.status >= 300 && error instanceof SourceError) throw statusFailure(answer, cmd);
    throw error;
  }
}

function caseOf(one: z.output<typeof oneCase>, cmd: string): FogBugzCase {
  const id = caseNumber(one.ixBug);
  if (id === undefined) throw unexpected(cmd, 'with a case that has no number');
  const columns: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(one)) {
    const read = text.safeParse(value);
    if (read.success) columns[name] = read.data.trim();
  }
  const all = eventsOf(one['events']);
  return { id, columns, tags: one.tags ?? [], latest: eventsOf(one['latestEvent']).at(-1) ?? all.at(-1), events: all };
}

function eventsOf(given: unknown): readonly CaseEvent[] {
  const read = events.safeParse(Array.isArray(given) ? given : [given]).data ?? [];
  return read.map(({ evtDescription, sVerb, dt, sPerson, s, rgAttachments }) => ({
    what: evtDescription || sVerb || '',
    at: dt ?? '',
    person: sPerson ?? '',
    text: s?.trim() ?? '',
    files: (rgAttachments ?? []).map(({ sFileName, sURL }) => ({ name: sFileName ?? '', url: sURL ?? '' })),
  }));
}
