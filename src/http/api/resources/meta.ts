/** What the API says of itself, and who the gateway takes the caller for. */
import * as z from 'zod';
import { CONSOLE_ROLES } from '../../../gateway/plan.ts';
import { knownNamesOf, openApiDocument } from '../openapi.ts';
import { NO_BODY, NOTHING, operation } from '../operation.ts';
import { named } from '../schemas.ts';

const caller = named(
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

export const metaOperations = [
  operation({
    ...common,
    id: 'getDescription',
    path: '/api/openapi.json',
    summary: 'This description; with a key also the names of lookups and AJAX fields',
    role: 'anybody',
    answer: named('OpenApi', z.looseObject({ openapi: z.literal('3.1.0') })),
    async perform({ gateway, caller: who, operations }) {
      const names = who.kind === 'nobody' ? {} : knownNamesOf(gateway.plan);
      return { ...openApiDocument(operations, names), openapi: '3.1.0' as const };
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
