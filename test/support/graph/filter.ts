/** Whether Graph serves a filter, and which users meet it. */
import { badRequest, GraphRefusal, needsAdvancedQuery, unsupported, unsupportedProperty } from './errors.ts';
import { type Condition, type Literal, type Operator, parseFilter } from './filter-parser.ts';
import type { GraphUser } from './people.ts';
import { type Engine, type PropertyRule, propertyRules } from './rules.ts';

/** A test for users. Throws what Graph answers when it does not serve the filter. */
export function filterOf(text: string, isAdvanced: boolean): (user: GraphUser) => boolean {
  const condition = parseFilter(text);
  admit(condition, isAdvanced);
  return (user) => meets(condition, (property) => valuesOf(user, property));
}

function admit(condition: Condition, isAdvanced: boolean): void {
  switch (condition.kind) {
    case 'and':
    case 'or':
      for (const node of condition.nodes) admit(node, isAdvanced);
      return;
    case 'not':
      if (!isAdvanced) throw needsAdvancedQuery('not');
      admit(condition.node, isAdvanced);
      return;
    case 'any':
      admitLambda(condition, isAdvanced);
      return;
    default:
      admitSimple(condition, condition.property, isAdvanced);
  }
}

function admitLambda(condition: Extract<Condition, { kind: 'any' }>, isAdvanced: boolean): void {
  const { node, variable, collection } = condition;
  if (ruleOf(collection).type !== 'collection') throw badRequest('Any/All may only be used following a collection.');
  const inner = node.kind === 'and' || node.kind === 'or' ? node.nodes : [node];
  for (const one of inner) {
    if (one.kind !== 'compare' && one.kind !== 'call') throw unsupportedProperty(collection);
    if (one.property !== variable) throw unknownProperty(one.property);
    admitSimple(one, collection, isAdvanced);
  }
}

function admitSimple(
  condition: Extract<Condition, { kind: 'compare' | 'call' | 'in' }>,
  property: string,
  isAdvanced: boolean,
): void {
  const rule = ruleOf(property);
  if (condition.kind === 'call') {
    if (condition.name === 'contains') throw unsupported("Unsupported property filter clause operator 'Contains'.");
    if (condition.name === 'endswith' && !isAdvanced) throw needsAdvancedQuery('endsWith');
    admitEngine(condition.name === 'startswith' ? rule.startsWith : rule.endsWith, property, isAdvanced);
    if (condition.value === '') throw unsupportedProperty(property);
    return;
  }
  if (condition.kind === 'in') {
    admitEngine(rule.eq, property, isAdvanced);
    return;
  }
  const { operator, value, quoted } = condition;
  if (operator === 'ne' && !isAdvanced) throw unsupported("Filter operator 'NotEqualsMatch' is not supported.");
  if ((operator === 'ge' || operator === 'le') && rule.type !== 'date') throw unsupportedProperty(property);
  admitEngine(value === null ? 'advanced' : rule.eq, property, isAdvanced);
  admitType(rule, value, quoted);
  if (value === '') throw unsupportedProperty(property);
}

function admitEngine(engine: Engine, property: string, isAdvanced: boolean): void {
  if (engine === undefined || (engine === 'advanced' && !isAdvanced)) throw unsupportedProperty(property);
}

function admitType(rule: PropertyRule, value: Literal, quoted: boolean): void {
  if (value === null) return;
  const found = quoted ? 'String' : typeof value === 'boolean' ? 'Boolean' : 'Int32';
  const wanted = rule.type === 'boolean' ? 'Boolean' : rule.type === 'date' ? found : 'String';
  if (found !== wanted) {
    throw badRequest(
      `Invalid filter clause: A binary operator with incompatible types was detected. Found operand types 'Edm.${wanted}' and 'Edm.${found}' for operator kind 'Equal'.`,
    );
  }
  if (rule.type === 'id' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(value))) {
    throw new GraphRefusal(400, 'Request_BadRequest', `Invalid object identifier '${String(value)}'.`);
  }
}

function ruleOf(property: string): PropertyRule {
  const rule = propertyRules.get(property.split('/')[0] ?? '');
  if (rule === undefined) throw unknownProperty(property);
  return rule;
}

function unknownProperty(property: string): Error {
  return badRequest(
    `Invalid filter clause: Could not find a property named '${property}' on type 'microsoft.graph.user'.`,
  );
}

function meets(condition: Condition, values: (property: string) => readonly Literal[]): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.nodes.every((node) => meets(node, values));
    case 'or':
      return condition.nodes.some((node) => meets(node, values));
    case 'not':
      return !meets(condition.node, values);
    case 'any':
      return values(condition.collection).some((item) => meets(condition.node, () => [item]));
    case 'in':
      return condition.values.some((wanted) => same(values(condition.property)[0] ?? null, wanted));
    case 'compare':
      return compares(condition.operator, values(condition.property)[0] ?? null, condition.value);
    case 'call':
      return callMeets(condition, values(condition.property)[0] ?? null);
  }
}

function callMeets({ name, value }: Extract<Condition, { kind: 'call' }>, held: Literal): boolean {
  if (typeof held !== 'string') return false;
  const [text, wanted] = [held.toLowerCase(), value.toLowerCase()];
  return name === 'startswith' ? text.startsWith(wanted) : text.endsWith(wanted);
}

function compares(operator: Operator, held: Literal, wanted: Literal): boolean {
  if (operator === 'eq' || operator === 'ne') return same(held, wanted) === (operator === 'eq');
  const [time, bound] = [Date.parse(String(held)), Date.parse(String(wanted))];
  return operator === 'ge' ? time >= bound : time <= bound;
}

/** Graph compares texts without regard to case, and with regard to accents. */
function same(held: Literal, wanted: Literal): boolean {
  if (typeof held === 'string' && typeof wanted === 'string') return held.toLowerCase() === wanted.toLowerCase();
  return held === wanted;
}

/** The values of a property: the items of a collection, one value, or none. */
export function valuesOf(user: GraphUser, property: string): readonly Literal[] {
  let value: unknown = user;
  for (const name of property.split('/')) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  }
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter((item): item is string | boolean => typeof item === 'string' || typeof item === 'boolean');
}
