/** Checks a query against the schema, charges for it, and answers it, with errors in Shopify's form. */
import {
  defaultFieldResolver,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { actualCost, type Bucket, requestedCost } from './cost.ts';
import { rootOf, type SearchWarning, type ShopData } from './resolvers.ts';

/** What the app may do, and what is noted. */
export interface ExecutionSurroundings {
  readonly schema: GraphQLSchema;
  readonly data: ShopData;
  readonly scopes: ReadonlySet<string>;
  /** Fields with protected customer data that the app is not approved for: `Customer.defaultPhoneNumber`. */
  readonly unapproved: ReadonlySet<string>;
  readonly bucket: Bucket;
  readonly searches: string[];
  /** The most points that one query may cost. */
  readonly mostOfAQuery: number;
}

const LIMITS_PAGE = 'https://shopify.dev/api/usage/rate-limits';
const APPROVAL_PAGE = 'https://shopify.dev/docs/apps/launch/protected-customer-data';

/** Access scopes by field. https://shopify.dev/docs/api/usage/access-scopes */
const SCOPES: Readonly<Record<string, string>> = {
  'Query.customers': 'read_customers',
  'Query.customer': 'read_customers',
  'Order.customer': 'read_customers',
  'Query.orders': 'read_orders',
  'Query.order': 'read_orders',
  'Customer.orders': 'read_orders',
  'Customer.lastOrder': 'read_orders',
};

/** The body of the answer, which is a 200. */
export async function executeQuery(
  query: string,
  variables: Readonly<Record<string, unknown>>,
  surroundings: ExecutionSurroundings,
): Promise<object> {
  const { schema, bucket, data, searches, mostOfAQuery } = surroundings;
  const document = parsed(query);
  if (document instanceof GraphQLError) return { errors: [inShopifysForm(document)] };
  const mistakes = validate(schema, document);
  if (mistakes.length > 0) return { errors: mistakes.map(inShopifysForm) };
  const requestedQueryCost = requestedCost(schema, document, variables);
  if (requestedQueryCost > mostOfAQuery) return { errors: [tooExpensive(requestedQueryCost, mostOfAQuery)] };
  const cost = (actualQueryCost: number | null) => ({
    cost: {
      requestedQueryCost,
      actualQueryCost,
      throttleStatus: {
        maximumAvailable: bucket.maximumAvailable,
        currentlyAvailable: bucket.currentlyAvailable,
        restoreRate: bucket.restoreRate,
      },
    },
  });
  if (requestedQueryCost > bucket.currentlyAvailable) {
    const throttled = { message: 'Throttled', extensions: { code: 'THROTTLED', documentation: LIMITS_PAGE } };
    return { errors: [throttled], extensions: cost(null) };
  }
  const warnings: SearchWarning[] = [];
  const { data: found, errors = [] } = await execute({
    schema,
    document,
    rootValue: rootOf(data, searches, warnings),
    variableValues: variables,
    fieldResolver: guarded(surroundings),
  });
  const spent = actualCost(found);
  bucket.take(spent);
  return {
    ...(errors.length === 0 ? {} : { errors: errors.map((error) => error.toJSON()) }),
    data: found ?? null,
    extensions: { ...cost(spent), ...(warnings.length === 0 ? {} : { search: warnings }) },
  };
}

function parsed(query: string) {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/**
 * Without its access scope, a field is an error; so it is without the approval for protected customer data.
 * https://shopify.dev/changelog/new-error-messages-for-graphql-operations-without-necessary-access-scopes
 */
function guarded({ scopes, unapproved }: ExecutionSurroundings): GraphQLFieldResolver<unknown, unknown> {
  return (source, given, context, info) => {
    const field = `${info.parentType.name}.${info.fieldName}`;
    const scope = Object.hasOwn(SCOPES, field) ? SCOPES[field] : undefined;
    if (scope !== undefined && !scopes.has(scope)) {
      const message = `Access denied for ${info.fieldName} field. Required access: \`${scope}\` access scope.`;
      throw new GraphQLError(message, {
        extensions: {
          code: 'ACCESS_DENIED',
          documentation: 'https://shopify.dev/api/usage/access-scopes',
          requiredAccess: `\`${scope}\` access scope.`,
        },
      });
    }
    if (unapproved.has(field)) {
      const message = `This app is not approved to access the ${info.parentType.name} object. See ${APPROVAL_PAGE} for more details.`;
      throw new GraphQLError(message, { extensions: { code: 'ACCESS_DENIED', documentation: APPROVAL_PAGE } });
    }
    return defaultFieldResolver(source, given, context, info);
  };
}

function inShopifysForm(error: GraphQLError): GraphQLFormattedError {
  const [, fieldName, typeName] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message) ?? [];
  if (fieldName === undefined) return error.toJSON();
  return {
    message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
    locations: error.locations ?? [],
    path: ['query', fieldName],
    extensions: { code: 'undefinedField', typeName, fieldName },
  };
}

function tooExpensive(cost: number, maxCost: number) {
  const message = `Query cost is ${cost}, which exceeds the single query max cost limit (${maxCost}).`;
  const extensions = { code: 'MAX_COST_EXCEEDED', cost, maxCost, documentation: LIMITS_PAGE };
  return { message, extensions };
}
