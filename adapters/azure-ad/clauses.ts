/** One condition on one property of a user, in OData. */
import { booleanOf, comparedForms, type Kind } from '../../src/contract/index.ts';
import { type Engine, type Searchable, searchable } from './properties.ts';

/** A condition on one property, and the engine that serves it. */
export interface Clause {
  readonly text: string;
  readonly engine: Engine;
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DAY_MS = 86_400_000;

/** A text of OData: in single quotes, a quote within is doubled (ABNF `string` of OData 4.01). */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** The condition that a property has, or begins with, a value; undefined when Graph serves none, or no value can meet it. */
export function clauseFor(property: string, match: 'exact' | 'prefix', value: string, kind: Kind): Clause | undefined {
  const how = searchable(property);
  const engine = how[match];
  const text = engine === undefined ? undefined : conditionFor(property, how, match, value, kind);
  return engine === undefined || text === undefined ? undefined : { text, engine };
}

function conditionFor(
  property: string,
  { type }: Searchable,
  match: 'exact' | 'prefix',
  value: string,
  kind: Kind,
): string | undefined {
  if (type === 'flag') {
    const flag = flagOf(value);
    return flag === undefined ? undefined : `${property} eq ${flag}`;
  }
  if (type === 'time') return spanCondition(property, value);
  // Graph answers an error for an id that is none.
  if (type === 'id' && !GUID.test(value)) return undefined;
  const plain = kind === 'number' ? (comparedForms('number', value, 'sought')[0] ?? value) : value;
  // Mail addresses are held with what they are: `SMTP:` or `smtp:`, which Graph takes for the same.
  const wanted = literal(property === 'proxyAddresses' ? `smtp:${plain}` : plain);
  const subject = type === 'texts' ? 'p' : property;
  const condition = match === 'prefix' ? `startswith(${subject},${wanted})` : `${subject} eq ${wanted}`;
  return type === 'texts' ? `${property}/any(p:${condition})` : condition;
}

/** An account is shown as enabled or disabled. */
function flagOf(value: string): boolean | undefined {
  const word = value.trim().toLowerCase();
  if (word === 'enabled' || word === 'disabled') return word === 'enabled';
  return booleanOf(word);
}

/** The day or the second that is looked for, its end included: Graph serves `le` and no `lt`. */
function spanCondition(property: string, value: string): string | undefined {
  const [form = ''] = comparedForms('date', value, 'sought');
  const from = /^\d{4}-\d\d-\d\d(?:T[\d:]{8}Z)?$/.test(form) ? new Date(form) : undefined;
  if (from === undefined || Number.isNaN(from.getTime())) return undefined;
  const to = new Date(from.getTime() + (form.length === 10 ? DAY_MS : 1_000));
  return `(${property} ge ${from.toISOString()} and ${property} le ${to.toISOString()})`;
}
