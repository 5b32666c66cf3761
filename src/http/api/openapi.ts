/** The description of the API, in OpenAPI 3.1, made of the schemas of its operations. */
import * as z from 'zod';
import type { GatewayPlan } from '../../gateway/plan.ts';
import { CSRF_HEADER, type NeededRole } from './caller.ts';
import { NO_BODY, type Operation } from './operation.ts';
import { namedSchemas } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI document. */
export type ApiDocument = Json & { readonly openapi: '3.1.0' };

/** What is refused everywhere: status → why. */
const ALWAYS: Readonly<Record<number, string>> = {
  400: 'The call cannot be read.',
  422: 'A parameter or the body is not as described.',
  429: 'Too many calls in a minute.',
  500: 'An error in the gateway.',
  504: 'There was not enough time.',
};
const OF_A_BODY: Readonly<Record<number, string>> = { 413: 'The body is too large.', 415: 'It is no JSON.' };
const OF_A_ROLE: Readonly<Record<number, string>> = {
  401: 'No key was shown, a wrong one, or one in the address.',
  403: 'Who calls may not do this, or not from there.',
};

const ROLE_WORDS: Readonly<Record<NeededRole, string>> = {
  anybody: 'Takes no key.',
  key: 'Takes any key of `access.keys`, or none where there are none.',
  viewer: 'Takes the role viewer.',
  operator: 'Takes the role operator.',
  administrator: 'Takes the role administrator.',
};

/** Names of the configuration. */
export interface KnownNames {
  readonly lookups?: readonly string[];
  readonly ajax?: readonly string[];
}

/** Of the description: it goes up when a program that was written for it would stumble. */
const VERSION = '1.0.0';

/**
 * The document.
 * @param names of lookups and AJAX fields, for who may see them; undefined: none are named
 */
export function openApiDocument(operations: readonly Operation[], { lookups, ajax }: KnownNames): ApiDocument {
  const paths: Record<string, Record<string, Json>> = {};
  const known: Readonly<Record<string, readonly string[] | undefined>> = { askLookup: lookups, askAjax: ajax };
  for (const one of operations) {
    const path = paths[one.path] ?? {};
    paths[one.path] = path;
    path[one.method] = operationOf(one, known[one.id]);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'helpspot-gateway',
      version: VERSION,
      description: 'What the gateway answers other programs. Refusals are `{"error": "…"}`, in words.',
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key of `access.keys`.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'helpspot_gateway_console',
          description: `Of somebody who is signed in to the console; POST also needs ${CSRF_HEADER}, from GET /api/caller.`,
        },
      },
      schemas: { Error: ERROR, ...componentSchemas() },
    },
  };
}

/** The names that somebody who may ask them reads in the description. */
export function knownNamesOf({ lookups, ajax }: GatewayPlan): KnownNames {
  return { lookups: [...lookups.keys()], ajax: [...ajax.keys()] };
}

const ERROR = {
  type: 'object',
  properties: { error: { type: 'string', description: 'What is wrong and what to do.' } },
  required: ['error'],
  additionalProperties: false,
};

function operationOf(one: Operation, known: readonly string[] | undefined): Json {
  const body = bodyOf(one);
  const { file } = one;
  const content = {
    'application/json': { schema: schemaOf(one.answer) },
    ...(file !== undefined && { [file.split(';', 1)[0] ?? file]: { schema: { type: 'string' } } }),
  };
  return {
    operationId: one.id,
    summary: one.summary,
    description: `${ROLE_WORDS[one.role]}${one.changes ? ' The audit has who did it.' : ''}`,
    tags: [one.tag],
    ...(one.role === 'anybody' && { security: [] }),
    ...(one.role !== 'anybody' && { 'x-role': one.role }),
    parameters: [...parametersIn(one.names, 'path', known), ...parametersIn(one.query, 'query')],
    ...(body !== undefined && { requestBody: body }),
    responses: { 200: { description: one.summary, content }, ...refusalsOf(one, body !== undefined) },
  };
}

function refusalsOf({ refusals = {}, role }: Operation, hasBody: boolean): Json {
  const all = { ...ALWAYS, ...(hasBody && OF_A_BODY), ...(role !== 'anybody' && OF_A_ROLE), ...refusals };
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return Object.fromEntries(Object.entries(all).map(([status, description]) => [status, { description, content }]));
}

function parametersIn(schema: z.ZodObject, place: 'path' | 'query', known?: readonly string[]): readonly Json[] {
  const { properties = {}, required = [], additionalProperties } = inputOf(schema);
  const named = Object.entries(properties).map(([name, value]) => {
    const { description, ...rest } = Object(value);
    const shown = known !== undefined && place === 'path' ? { ...rest, enum: known } : rest;
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description !== undefined && { description }),
      schema: shown,
    };
  });
  if (additionalProperties === false) return named;
  const others = { type: 'object', additionalProperties: { type: 'string' } };
  const description = 'Parameters as HelpSpot sends them: `email=bob@example.com`.';
  return [...named, { name: 'parameters', in: 'query', style: 'form', explode: true, description, schema: others }];
}

function bodyOf({ body }: Operation): Json | undefined {
  if (body === NO_BODY) return undefined;
  const isOptional = body instanceof z.ZodOptional;
  return { required: !isOptional, content: { 'application/json': { schema: inputOf(body) } } };
}

/** A schema that has a name is referred to. */
function schemaOf(schema: z.ZodType): Json {
  const id = namedSchemas.get(schema)?.id;
  if (id === undefined) throw new Error('an answer of the API has no name in its description');
  return { $ref: referenceTo(id) };
}

function componentSchemas(): Json {
  const { schemas } = z.toJSONSchema(namedSchemas, { uri: referenceTo, override: tidy });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutHead(schema)]));
}

function inputOf(schema: z.ZodType) {
  return withoutHead(z.toJSONSchema(schema, { io: 'input', override: tidy }));
}

function referenceTo(id: string): string {
  return `#/components/schemas/${id}`;
}

/** That a list is not changed says nothing to who reads it. */
function tidy({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  delete jsonSchema.readOnly;
}

function withoutHead({ $schema: _schema, $id: _id, ...rest }: z.core.JSONSchema.BaseSchema) {
  return rest;
}
