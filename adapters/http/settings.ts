/** What an administrator writes about a web API. */
import * as z from 'zod';
import { httpShape } from '../../src/kit/http/index.ts';
import {
  authSetting,
  bodiesOf,
  checked,
  jsonPaths,
  type RequestParts,
  requestShape,
  UrlTemplate,
} from '../../src/kit/web/index.ts';
import { listSetting, mistakesInList } from './list-settings.ts';
import { addressBelow, answerShape, methodSetting, requestSetting } from './request-settings.ts';

const text = z.string().min(1);

const status = z.int().min(400).max(499);

/** The schema. */
export const settings = z
  .strictObject({
    url: z
      .string()
      .superRefine(checked((text) => new UrlTemplate(text)))
      .describe(
        'Where records are asked for. Its path can have places: https://api.example.com/customers/{{customer_id}}.',
      )
      .meta({ examples: ['https://api.example.com/customers'] }),
    method: methodSetting,
    auth: authSetting.optional().describe('How the system knows the gateway: bearer, basic, header, query or oauth2.'),
    ...requestShape,
    ...answerShape,
    queries: z
      .record(z.string().min(1), requestSetting)
      .default({})
      .describe('Other requests for some match steps, under the fields of the step: "email", "first_name,last_name".'),
    list: listSetting
      .optional()
      .describe('The request that gives everybody, for an index. Left out: the own request, where it has no places.'),
    format: z.enum(['json', 'xml']).default('json').describe('What the answers are written in.'),
    namespaces: z
      .record(z.string().regex(/^[A-Za-z_][\w.-]*$/), text)
      .default({})
      .describe(
        'For XPath: prefix: address of the namespace. A name without one means an element written without one.',
      ),
    fields: z
      .record(z.string().min(1), text)
      .optional()
      .describe(
        'field: where it is in a record: name.first, or a JSONPath or XPath. Left out: every value under its own name.',
      ),
    dates: z
      .array(z.string())
      .default([])
      .describe(
        'Fields that are dates: Unix times (seconds or milliseconds) or ISO texts (UTC unless they say a zone).',
      ),
    verify: z
      .union([z.boolean(), z.array(text)])
      .default(true)
      .describe(
        'Whether records that came back are compared with what was looked for, so that a system that ignores a filter ' +
          'shows no wrong customer. A list: only these fields.',
      ),
    notFound: z
      .array(status)
      .optional()
      .describe('Statuses that mean that nobody was found. Left out: 404 where the path of the address has a place.'),
    error: text
      .optional()
      .describe(
        'Where an answer says what went wrong, even with status 200: $.error.message. What is there is an error.',
      ),
    check: addressBelow
      .optional()
      .describe(
        'An address that helpspot-gateway check asks for: /me. Left out: somebody who does not exist is looked for.',
      ),
    ...httpShape,
  })
  .superRefine((value, context) => {
    const issue = (where: string[], message: string) => context.addIssue({ code: 'custom', path: where, message });
    checkRequest(value, [], issue);
    for (const [step, one] of Object.entries(value.queries)) checkRequest(one, ['queries', step], issue);
    if (value.list !== undefined) {
      checkRequest(value.list, ['list'], issue);
      for (const [where, message] of mistakesInList(value.list, value.url, value.fields))
        issue(['list', where], message);
    }
    if (value.format === 'json') checkPaths(value, issue);
    if (value.format === 'json' && Object.keys(value.namespaces).length > 0) {
      issue(['namespaces'], 'goes with format: xml only');
    }
    if (value.fields !== undefined && Object.keys(value.fields).length === 0) {
      issue(['fields'], 'is empty; write field: path, or leave it out');
    }
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;

type Report = (path: string[], message: string) => void;

function checkRequest(value: RequestParts & { method?: string | undefined }, where: string[], issue: Report): void {
  const bodies = bodiesOf(value);
  const [first = '', second] = bodies;
  if (second !== undefined) issue([...where, second], `stands beside ${first}; a request has one body`);
  if (value.method === 'GET' && first !== '')
    issue([...where, first], 'is a body, which a GET cannot have; write method: POST');
}

interface WithPaths {
  readonly records?: string | undefined;
  readonly error?: string | undefined;
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly queries: Readonly<Record<string, { readonly records?: string | undefined }>>;
  readonly list?: { readonly records?: string | undefined } | undefined;
}

function checkPaths({ records, error, fields = {}, queries, list }: WithPaths, issue: Report): void {
  const check = (where: string[], path: string | undefined) => {
    const mistake = path === undefined ? undefined : jsonPaths.mistake(path);
    if (mistake !== undefined) issue(where, mistake);
  };
  check(['records'], records);
  check(['error'], error);
  check(['list', 'records'], list?.records);
  for (const [field, path] of Object.entries(fields)) check(['fields', field], path);
  for (const [step, set] of Object.entries(queries)) check(['queries', step, 'records'], set.records);
}
