/** As much of JSON Schema (draft 2020-12) as our schema uses; an unknown word is an error, so that nothing is passed over. */
type Schema = Readonly<Record<string, unknown>>;

const ANNOTATIONS: ReadonlySet<string> = new Set(['$schema', 'title', 'description', 'examples', 'default', 'format']);

/** What does not fit, with its path; empty when all does. */
export function misfits(schema: unknown, value: unknown): readonly string[] {
  return new Validator(isMap(schema) && isMap(schema['$defs']) ? schema['$defs'] : {}).misfits(schema, value, '');
}

class Validator {
  readonly #definitions: Schema;

  constructor(definitions: Schema) {
    this.#definitions = definitions;
  }

  misfits(schema: unknown, value: unknown, path: string): readonly string[] {
    if (schema === true) return [];
    if (!isMap(schema)) return [`${path}: no value is possible`];
    return Object.entries(schema).flatMap(([word, rule]) => this.#check(word, rule, schema, value, path));
  }

  #check(word: string, rule: unknown, schema: Schema, value: unknown, path: string): readonly string[] {
    const fail = (ok: boolean) => (ok ? [] : [`${path}: ${word} ${JSON.stringify(rule)}`]);
    switch (word) {
      case 'type':
        return fail(hasType(value, rule));
      case 'const':
        return fail(value === rule);
      case 'enum':
        return fail(Array.isArray(rule) && rule.includes(value));
      case 'pattern':
        return fail(typeof value !== 'string' || new RegExp(String(rule), 'u').test(value));
      case 'minLength':
        return fail(typeof value !== 'string' || value.length >= Number(rule));
      case 'maxLength':
        return fail(typeof value !== 'string' || value.length <= Number(rule));
      case 'minimum':
        return fail(typeof value !== 'number' || value >= Number(rule));
      case 'maximum':
        return fail(typeof value !== 'number' || value <= Number(rule));
      case 'minItems':
        return fail(!Array.isArray(value) || value.length >= Number(rule));
      case 'items':
        return Array.isArray(value) ? value.flatMap((item, index) => this.misfits(rule, item, `${path}/${index}`)) : [];
      case 'anyOf':
        return fail(Array.isArray(rule) && rule.some((one) => this.misfits(one, value, path).length === 0));
      case 'not':
        return fail(this.misfits(rule, value, path).length > 0);
      case 'required':
        return fail(!isMap(value) || (Array.isArray(rule) && rule.every((key) => Object.hasOwn(value, key))));
      case 'minProperties':
        return fail(!isMap(value) || Object.keys(value).length >= Number(rule));
      case 'propertyNames':
        return isMap(value) ? Object.keys(value).flatMap((key) => this.misfits(rule, key, `${path}/${key}`)) : [];
      case 'properties':
        return entriesOf(value).flatMap(([key, entry]) =>
          isMap(rule) && Object.hasOwn(rule, key) ? this.misfits(rule[key], entry, `${path}/${key}`) : [],
        );
      case 'additionalProperties': {
        const known = isMap(schema['properties']) ? schema['properties'] : {};
        const others = entriesOf(value).filter(([key]) => !Object.hasOwn(known, key));
        return others.flatMap(([key, entry]) => this.misfits(rule, entry, `${path}/${key}`));
      }
      case '$defs':
        return [];
      case '$ref': {
        const name = /^#\/\$defs\/([^/]+)$/.exec(String(rule))?.[1] ?? '';
        if (!Object.hasOwn(this.#definitions, name)) throw new Error(`there is no ${String(rule)} (${path})`);
        return this.misfits(this.#definitions[name], value, path);
      }
      default:
        if (ANNOTATIONS.has(word)) return [];
        throw new Error(`the validator does not know ${word} (${path})`);
    }
  }
}

function hasType(value: unknown, type: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isMap(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return isMap(value) ? Object.entries(value) : [];
}

function isMap(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
