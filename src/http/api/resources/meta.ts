/** What the API says of itself, and who the gateway takes the caller for. */
import * as z from 'zod';
import { CONSOLE_ROLES, type GatewayPlan } from '../../../gateway/plan.ts';
import { type ApiDocument, knownNamesOf, openApiDocument } from '../openapi.ts';
import { NO_BODY, NOTHING, type Operation, operation } from '../operation.ts';
import { namedSchema } from '../schemas.ts';

const caller = namedSchema(
  'Caller',
  z.strictObject({
    kind: z.enum(['key', 'user', 'anybody']).meta({
      description: 'A key, somebody who is signed in to the console, or anybody: the gateway has no keys.',
    }),
    name: z.string().optional().meta({ description: 'Of the key, or of the user.' }),
    role: z.enum(CONSOLE_ROLES).optional(),
    csrf: z.string().optional().meta({ description: 'What calls with a session carry as X-CSRF-Token.' }),
  }),
);

const common = { method: 'get', tag: 'api', names: NOTHING, query: NOTHING, body: NO_BODY } as const;

/** It takes some 50 ms to make, and anybody may ask for it: it is kept until there is another configuration. */
let kept: { readonly plan: GatewayPlan | undefined; readonly document: ApiDocument }[] = [];

/** @param plan undefined: without names of the configuration */
function documentFor(plan: GatewayPlan | undefined, operations: readonly Operation[]): ApiDocument {
  const known = kept.find((one) => one.plan === plan);
  if (known !== undefined) return known.document;
  const document = openApiDocument(operations, plan === undefined ? {} : knownNamesOf(plan));
  kept = [...kept.filter((one) => one.plan === undefined), { plan, document }];
  return document;
}

export const metaOperations = [
  operation({
    ...common,
    id: 'getDescription',
    path: '/api/openapi.json',
    summary: 'This description; with a key also the names of lookups and AJAX fields',
    role: 'anybody',
    answer: namedSchema('OpenApi', z.looseObject({ openapi: z.literal('3.1.0') })),
    async perform({ gateway, caller: who, operations }) {
      return documentFor(who.kind === 'nobody' ? undefined : gateway.plan, operations);
    },
  }),
  operation({
    ...common,
    id: 'getCaller',
    path: '/api/caller',
    summary: 'Who the gateway takes you for',
    role: 'key',
    answer: caller,
    async perform({ caller: who }) {
      if (who.kind === 'key') return { kind: who.kind, name: who.name, role: who.role };
      if (who.kind === 'user') return { kind: who.kind, name: who.name, role: who.role, csrf: who.session?.csrf };
      return { kind: 'anybody' as const };
    },
  }),
] as const;
