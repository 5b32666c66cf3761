/** What a schema expects, in words: for error messages. Works with every zod 4 schema, ours and the adapters'. */
import * as core from 'zod/v4/core';
import { counted } from '../kit/text/index.ts';
import type { Path } from './tree.ts';

/** The schemas that a path leads to; several when a union is on the way. */
export function schemasAt(schema: core.$ZodType, path: Path): readonly core.$ZodType[] {
  let found = alternatives(schema);
  for (const key of path) found = found.flatMap((one) => partsOf(one, key)).flatMap(alternatives);
  return found;
}

/** The schemas of one entry of a map or list, with their wrappers. */
export function partsOf(schema: core.$ZodType, key: PropertyKey): readonly core.$ZodType[] {
  if (schema instanceof core.$ZodObject) {
    const { shape, catchall } = schema._zod.def;
    const part = Object.hasOwn(shape, key) ? shape[String(key)] : catchall;
    // The rest of a strict object is `never`.
    return part === undefined || part instanceof core.$ZodNever ? [] : [part];
  }
  if (schema instanceof core.$ZodArray) return typeof key === 'number' ? [schema._zod.def.element] : [];
  if (schema instanceof core.$ZodRecord) return typeof key === 'string' ? [schema._zod.def.valueType] : [];
  return [];
}

/** Takes off what only wraps a schema, and unions apart. */
function alternatives(schema: core.$ZodType): readonly core.$ZodType[] {
  if (schema instanceof core.$ZodUnion) return schema._zod.def.options.flatMap(alternatives);
  const inner = unwrapped(schema);
  return inner === undefined ? [schema] : alternatives(inner);
}

function unwrapped(schema: core.$ZodType): core.$ZodType | undefined {
  if (schema instanceof core.$ZodPipe) {
    const { in: input, out } = schema._zod.def;
    // z.preprocess() puts its function first; what is expected stands behind it.
    return input instanceof core.$ZodTransform ? out : input;
  }
  if (
    schema instanceof core.$ZodOptional ||
    schema instanceof core.$ZodNullable ||
    schema instanceof core.$ZodDefault ||
    schema instanceof core.$ZodPrefault ||
    schema instanceof core.$ZodReadonly ||
    schema instanceof core.$ZodNonOptional ||
    schema instanceof core.$ZodCatch
  ) {
    return schema._zod.def.innerType;
  }
  return undefined;
}

/** The keys that a map can have, of all the alternatives. */
export function knownKeys(schemas: readonly core.$ZodType[]): readonly string[] {
  const keys = schemas.flatMap((schema) =>
    schema instanceof core.$ZodObject ? Object.keys(schema._zod.def.shape) : [],
  );
  return [...new Set(keys)];
}

/** The texts that are possible, when the schema is a choice. */
export function choices(schemas: readonly core.$ZodType[]): readonly string[] {
  return schemas.flatMap((schema) => {
    if (schema instanceof core.$ZodEnum) return Object.values(schema._zod.def.entries).map(String);
    if (schema instanceof core.$ZodLiteral) return schema._zod.def.values.map(String);
    return [];
  });
}

/** Whether true and false are what the schema takes. */
export function isBoolean(schema: core.$ZodType): boolean {
  return schema instanceof core.$ZodBoolean;
}

/** The first `title` or `examples` on the way from a schema through its wrappers. */
function meta(schema: core.$ZodType): { title?: string | undefined; example?: unknown } {
  let title: string | undefined;
  let example: unknown;
  for (let at: core.$ZodType | undefined = schema; at !== undefined; at = unwrapped(at)) {
    const found = core.globalRegistry.get(at);
    title ??= found?.title;
    const [first] = Array.isArray(found?.['examples']) ? found['examples'] : [];
    example ??= first;
  }
  return { title, example };
}

/** Whether an adapter says that the value of a setting is a secret, whatever the setting is called: `.meta({ secret: true })`. */
export function isMarkedSecret(schema: core.$ZodType): boolean {
  for (let at: core.$ZodType | undefined = schema; at !== undefined; at = unwrapped(at)) {
    if (core.globalRegistry.get(at)?.['secret'] === true) return true;
  }
  return false;
}

/** A value that can be written, from the schema's `examples`; else what can be told from its kind; else undefined. */
export function exampleOf(schema: core.$ZodType): unknown {
  const { example } = meta(schema);
  if (example !== undefined) return example;
  const [first] = alternatives(schema);
  if (first === undefined) return undefined;
  if (first !== schema) return exampleOf(first);
  if (schema instanceof core.$ZodEnum || schema instanceof core.$ZodLiteral) return choices([schema])[0];
  return schema instanceof core.$ZodBoolean ? true : undefined;
}

/** The end of "must be …": "a whole number from 1 to 1000", "one of debug, info", "a list". */
export function expectationOf(schema: core.$ZodType): string {
  const { title } = meta(schema);
  if (title !== undefined) return title;
  if (schema instanceof core.$ZodUnion) {
    return [...new Set(schema._zod.def.options.map(expectationOf))].join(' or ');
  }
  const inner = unwrapped(schema);
  return inner === undefined ? kindOf(schema) : expectationOf(inner);
}

function kindOf(schema: core.$ZodType): string {
  const all = choices([schema]);
  if (all.length > 0) return all.length === 1 ? String(all[0]) : `one of ${all.join(', ')}`;
  // The one place where zod tells all the limits of a schema.
  const rules = core.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  switch (rules.type) {
    case 'string':
      return `a text${textLimits(rules)}`;
    case 'integer':
      return `a whole number${numberLimits(rules)}`;
    case 'number':
      return `a number${numberLimits(rules)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'a map';
    default:
      return 'another value';
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  uri: ' that is an address with its scheme, such as https://example.com',
  email: ' that is an email address',
  uuid: ' that is a UUID',
};

function textLimits({ minLength, maxLength, format, pattern }: core.JSONSchema.BaseSchema): string {
  const known = format === undefined ? undefined : FORMATS[format];
  if (known !== undefined) return known;
  if (minLength !== undefined && minLength === maxLength) return ` of ${counted(minLength, 'character')}`;
  if (pattern !== undefined) return ` that fits ${pattern}`;
  if (maxLength !== undefined) return ` of ${minLength ?? 0} to ${counted(maxLength, 'character')}`;
  if (minLength === undefined) return '';
  return minLength === 1 ? ' that is not empty' : ` of at least ${counted(minLength, 'character')}`;
}

function numberLimits({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: core.JSONSchema.BaseSchema): string {
  const low = bound(minimum, Number.MIN_SAFE_INTEGER);
  const high = bound(maximum, Number.MAX_SAFE_INTEGER);
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return `, at least ${low}`;
  if (exclusiveMinimum !== undefined) return ` greater than ${exclusiveMinimum}`;
  if (high !== undefined) return `, at most ${high}`;
  return exclusiveMaximum === undefined ? '' : ` less than ${exclusiveMaximum}`;
}

// A whole number has the bounds of what a double can count; nobody set those.
function bound(value: number | undefined, natural: number): number | undefined {
  return value === natural ? undefined : value;
}

const PLAIN_TEXT = /^[\w./][\w./@+-]*(?::[\w./@+-]+)*$/;
const READ_AS_ANOTHER = /^(?:true|false|null|yes|no|on|off|\.inf|\.nan)$/i;

/** A value as it is written in YAML on one line. */
export function inYaml(value: unknown): string {
  if (typeof value === 'string') {
    const isPlain = PLAIN_TEXT.test(value) && !READ_AS_ANOTHER.test(value) && Number.isNaN(Number(value));
    return isPlain ? value : JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(inYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, entry]) => `${inYaml(key)}: ${inYaml(entry)}`)
      .join(', ')} }`;
  }
  return String(value);
}
