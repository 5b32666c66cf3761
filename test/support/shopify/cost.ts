/**
 * What a query costs. https://shopify.dev/docs/api/usage/limits: a scalar or an enum 0, an object 1, a connection is
 * sized by `first` and `last`. What was requested is reserved, what was not used is given back.
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** The most that it can cost. */
export function requestedCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const query = schema.getQueryType();
  const [operation] = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (query === undefined || query === null || operation === undefined) return 0;
  return costOf(query, operation.selectionSet, variables);
}

function costOf(
  type: GraphQLObjectType,
  { selections }: SelectionSetNode,
  variables: Readonly<Record<string, unknown>>,
) {
  let sum = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) sum += fieldCost(type, selection, variables);
  }
  return sum;
}

function fieldCost(type: GraphQLObjectType, field: FieldNode, variables: Readonly<Record<string, unknown>>): number {
  const given = type.getFields()[field.name.value]?.type;
  const inner = given === undefined ? undefined : getNamedType(given);
  if (field.selectionSet === undefined || !isObjectType(inner)) return 0;
  const size = sizeOf(field, variables);
  if (inner.name.endsWith('Connection')) return connectionCost(inner, field.selectionSet, size, variables);
  return size * (1 + costOf(inner, field.selectionSet, variables));
}

/** The nodes as often as there may be; the page information once. */
function connectionCost(
  type: GraphQLObjectType,
  { selections }: SelectionSetNode,
  size: number,
  variables: Readonly<Record<string, unknown>>,
): number {
  let sum = 0;
  for (const selection of selections) {
    if (selection.kind !== Kind.FIELD) continue;
    const times = selection.name.value === 'nodes' || selection.name.value === 'edges' ? size : 1;
    sum += times * fieldCost(type, selection, variables);
  }
  return sum;
}

function sizeOf(field: FieldNode, variables: Readonly<Record<string, unknown>>): number {
  const given = field.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last')?.value;
  if (given?.kind === Kind.INT) return Number(given.value);
  return given?.kind === Kind.VARIABLE ? Number(variables[given.name.value]) : 1;
}

/** What it cost: the objects that were given. */
export function actualCost(data: unknown): number {
  if (Array.isArray(data)) return data.reduce((sum: number, item: unknown) => sum + actualCost(item), 0);
  if (typeof data !== 'object' || data === null) return 0;
  const isConnection = 'nodes' in data || 'edges' in data;
  return Object.values(data).reduce((sum: number, value: unknown) => sum + actualCost(value), isConnection ? 0 : 1);
}

/** The points of an app in a shop: a bucket that fills up again. */
export class Bucket {
  readonly maximumAvailable: number;
  readonly restoreRate: number;
  #points: number;
  #at = performance.now();

  constructor(maximumAvailable: number, restoreRate: number) {
    this.maximumAvailable = maximumAvailable;
    this.restoreRate = restoreRate;
    this.#points = maximumAvailable;
  }

  get currentlyAvailable(): number {
    const restored = ((performance.now() - this.#at) / 1000) * this.restoreRate;
    return Math.min(this.maximumAvailable, Math.floor(this.#points + restored));
  }

  take(points: number): void {
    this.#points = Math.max(0, this.currentlyAvailable - points);
    this.#at = performance.now();
  }
}
