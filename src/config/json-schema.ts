/** The JSON Schema of the configuration, for editors. */

import * as z from 'zod';
import type { Adapter } from '../contract/index.ts';
import { NAME } from './names.ts';
import { accessSection } from './sections/access.ts';
import { ajaxSection } from './sections/ajax.ts';
import { alertsSection } from './sections/alerts.ts';
import { auditSection } from './sections/audit.ts';
import { commandLineSection } from './sections/command-line.ts';
import { consoleSection } from './sections/console.ts';
import { eventsSection } from './sections/events.ts';
import { helpspotSection } from './sections/helpspot.ts';
import { logSection } from './sections/log.ts';
import { lookupSection } from './sections/lookup.ts';
import { phonesSection } from './sections/phones.ts';
import { PUSH_NAME, pushSection } from './sections/push.ts';
import { serverSection } from './sections/server.ts';
import { sourceSection } from './sections/source.ts';
import { storeSection } from './sections/store.ts';
import { webhookSection } from './sections/webhooks.ts';
import type { AdapterTable } from './source-plans.ts';

type Json = z.core.JSONSchema.BaseSchema;

/**
 * A JSON Schema (draft 2020-12) of the whole file: `# yaml-language-server: $schema=…`.
 * Imports every adapter, because a source has the settings of its adapter.
 */
export async function jsonSchema(adapters: AdapterTable): Promise<object> {
  const loaded = await Promise.all(
    Object.entries(adapters).map(async ([word, load]) => ({ word, adapter: await load() })),
  );
  const lookup = sharedSchemaOf(lookupSection, 'lookup');
  const named = { propertyNames: { type: 'string', pattern: NAME.source, maxLength: 100 }, minProperties: 1 };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of helpspot-gateway',
    type: 'object',
    properties: {
      server: section(serverSection),
      access: section(accessSection),
      log: section(logSection),
      commandLine: section(commandLineSection),
      console: section(consoleSection),
      phones: section(phonesSection),
      sources: {
        type: 'object',
        description: 'The systems that are asked, by name.',
        ...named,
        additionalProperties: {
          anyOf: [
            ...loaded.map(({ word, adapter }) => sourceSchema(word, adapter)),
            outsideSchema(Object.keys(adapters)),
          ],
        },
      },
      lookups: {
        type: 'object',
        description: 'The Live Lookups, by name.',
        ...named,
        additionalProperties: lookup.schema,
      },
      ajax: {
        description: 'The AJAX selection fields, by name.',
        anyOf: [{ type: 'object', ...named, additionalProperties: schemaOf(ajaxSection) }, { type: 'null' }],
      },
      push: namedSection('The Request Push targets, by name.', PUSH_NAME, schemaOf(pushSection)),
      webhooks: namedSection('The HelpSpot webhooks, by name.', NAME, schemaOf(webhookSection)),
      events: namedSection('The events of other systems, by name.', NAME, schemaOf(eventsSection)),
      alerts: section(alertsSection),
      store: section(storeSection),
      audit: section(auditSection),
      helpspot: section(helpspotSection),
    },
    required: ['sources'],
    anyOf: ['lookups', 'ajax', 'push'].map((use) => ({ required: [use] })),
    additionalProperties: false,
    $defs: lookup.parts,
  };
}

/** A map of names, which may be there with nothing in it. */
function namedSection(description: string, pattern: RegExp, entry: Json): Json {
  const propertyNames = { type: 'string', pattern: pattern.source, maxLength: 100 } as const;
  return {
    description,
    anyOf: [{ type: 'object', propertyNames, minProperties: 1, additionalProperties: entry }, { type: 'null' }],
  };
}

/** A section may be there with nothing in it. */
function section(schema: z.ZodType): Json {
  const { description, ...rest } = schemaOf(schema);
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, { type: 'null' }] };
}

function sourceSchema(word: string, adapter: Adapter): Json {
  const common = schemaOf(sourceSection).properties ?? {};
  const settings = schemaOf(adapter.settings);
  const keys = { ...common, adapter: { ...asObject(common['adapter']), const: word } };
  return { title: adapter.title, ...withKeys(settings, keys) };
}

/** A file or a package in a scope is known by its form; its settings are known where it is in the table. */
function outsideSchema(known: readonly string[]): Json {
  const common = schemaOf(sourceSection).properties ?? {};
  const adapter = {
    ...asObject(common['adapter']),
    pattern: '^(\\.{0,2}/|[A-Za-z]:|@[^/]+/)',
    not: { enum: [...known] },
  };
  return {
    title: 'An adapter of your own',
    type: 'object',
    properties: { ...common, adapter },
    required: ['adapter'],
  };
}

/** Adds keys to a strict object, or to each of several forms of it. */
function withKeys(schema: Json, keys: Record<string, Json>): Json {
  for (const word of ['anyOf', 'oneOf', 'allOf'] as const) {
    const forms = schema[word];
    if (forms !== undefined) return { ...schema, [word]: forms.map((form) => withKeys(asObject(form), keys)) };
  }
  const own = schema.properties ?? {};
  const both = Object.fromEntries(
    Object.entries(own).map(([key, value]): [string, Json] => {
      const common = keys[key];
      return [key, common === undefined ? asObject(value) : { anyOf: [asObject(value), common] }];
    }),
  );
  return {
    ...schema,
    properties: { ...keys, ...both },
    required: ['adapter', ...(schema.required ?? [])],
  };
}

/**
 * The same where parts stand in several places: each once, as a definition of the whole document. Written out, the forms
 * of a field alone would take megabytes.
 */
function sharedSchemaOf(schema: z.ZodType, prefix: string): { schema: Json; parts: Record<string, Json> } {
  const { $defs = {}, ...whole } = schemaOf(schema, 'ref');
  const text = JSON.stringify({ whole, $defs }).replaceAll('"#/$defs/', `"#/$defs/${prefix}-`);
  const named: { whole: Json; $defs: Record<string, Json> } = JSON.parse(text);
  const parts = Object.entries(named.$defs).map(([name, part]) => [`${prefix}-${name}`, part]);
  return { schema: named.whole, parts: Object.fromEntries(parts) };
}

function schemaOf(schema: z.ZodType, reused: 'inline' | 'ref' = 'inline'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    reused,
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema: json, path }) => {
      // The name of a key is not expanded.
      if (path.at(-1) !== 'propertyNames') allowReference(json);
    },
  });
  return rest;
}

const REFERENCE = '\\$\\{[^}]+\\}';

/** A value that is not any text may also be written as `${…}`: what it will be, the editor cannot know. */
function allowReference(json: Json): void {
  const { type, description, title, default: preset, examples, ...rules } = json;
  const isNumeric = type === 'number' || type === 'integer' || type === 'boolean';
  const isLimitedText = type === 'string' && Object.keys(rules).length > 0;
  if (!isNumeric && !isLimitedText) return;
  for (const key of ['type', ...Object.keys(rules)]) delete json[key];
  json.anyOf = [
    { type, ...rules },
    { type: 'string', pattern: REFERENCE },
  ];
}

function asObject(json: Json | boolean | undefined): Json {
  return typeof json === 'object' ? json : {};
}
