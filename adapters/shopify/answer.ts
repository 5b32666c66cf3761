/**
 * The answer of the GraphQL endpoint. https://shopify.dev/docs/api/admin-graphql#status_and_error_codes,
 * https://shopify.dev/docs/api/usage/limits, https://shopify.dev/docs/api/usage/response-codes
 */

import * as z from 'zod';
import { SourceError } from '../../src/contract/index.ts';
import type { HttpAnswer } from '../../src/kit/http/index.ts';

const problem = z.object({
  message: z.string().catch('an error without a message'),
  path: z
    .array(z.union([z.string(), z.number()]))
    .nullish()
    .catch(undefined),
  extensions: z
    .object({
      code: z.string().nullish().catch(undefined),
      typeName: z.string().nullish().catch(undefined),
      fieldName: z.string().nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
});

const throttleStatus = z.object({
  maximumAvailable: z.number(),
  currentlyAvailable: z.number(),
  restoreRate: z.number(),
});

const warning = z.object({ field: z.string().nullish(), message: z.string().nullish(), code: z.string().nullish() });

const envelope = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.union([z.string(), z.array(problem)]).nullish(),
  extensions: z
    .object({
      cost: z
        .object({
          requestedQueryCost: z.number().nullish().catch(undefined),
          throttleStatus: throttleStatus.nullish().catch(undefined),
        })
        .nullish()
        .catch(undefined),
      // Filters that the search does not know are passed over by Shopify, with a warning.
      search: z
        .array(z.object({ warnings: z.array(warning).nullish() }))
        .nullish()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
});

/** One error of an answer. */
export type Problem = z.output<typeof problem>;

/** An answer, understood. */
export interface GraphqlAnswer {
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly problems: readonly Problem[];
  readonly requestedQueryCost: number | undefined;
  readonly throttleStatus: z.output<typeof throttleStatus> | undefined;
  /** What of the search query Shopify did not understand. */
  readonly searchWarnings: readonly z.output<typeof warning>[];
}

/** @throws {SourceError} `bad-response` */
export function readGraphql(answer: HttpAnswer): GraphqlAnswer {
  const parsed = envelope.safeParse(answer.json());
  if (!parsed.success) throw unexpected('an answer that is none of GraphQL', parsed.error);
  const { data, errors, extensions } = parsed.data;
  if ((data === null || data === undefined) && (errors === null || errors === undefined)) {
    throw new SourceError('bad-response', 'Shopify gave an answer with neither data nor errors', {
      remedy: 'check the address, and that nothing between answers in the place of Shopify',
    });
  }
  return {
    data: data ?? undefined,
    problems: typeof errors === 'string' ? [{ message: errors }] : (errors ?? []),
    requestedQueryCost: extensions?.cost?.requestedQueryCost ?? undefined,
    throttleStatus: extensions?.cost?.throttleStatus ?? undefined,
    searchWarnings: extensions?.search?.flatMap(({ warnings }) => warnings ?? []) ?? [],
  };
}

/** What came is not what the documentation promises; says where, and never what. */
export function unexpected(what: string, { issues }: z.ZodError): SourceError {
  const [issue] = issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.map(String).join('.')})`;
  return new SourceError('bad-response', `Shopify gave ${what}${where}`, {
    remedy: 'check apiVersion, and that nothing between answers in the place of Shopify',
  });
}
