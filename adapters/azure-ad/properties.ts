/**
 * What Microsoft Graph can search in the properties of a user. Graph has two query engines: `basic`, and `advanced`,
 * which has more indexes, wants `ConsistencyLevel: eventual` with `$count=true`, lags behind changes by some seconds,
 * and cannot expand the manager. From the table of user properties in
 * https://learn.microsoft.com/graph/aad-advanced-queries and https://learn.microsoft.com/graph/api/resources/user.
 */

/** Which engine serves an operator. */
export type Engine = 'basic' | 'advanced';

/** How a property is searched. An operator that is absent is not served. */
export interface Searchable {
  /** `texts` is a collection of texts. */
  readonly type: 'text' | 'texts' | 'flag' | 'id' | 'time';
  readonly exact?: Engine;
  readonly prefix?: Engine;
}

const BASIC: Searchable = { type: 'text', exact: 'basic', prefix: 'basic' };
const ADVANCED: Searchable = { type: 'text', exact: 'advanced', prefix: 'advanced' };
const EXACT_ADVANCED: Searchable = { type: 'text', exact: 'advanced' };
const TEXTS: Searchable = { type: 'texts', exact: 'basic', prefix: 'basic' };
/** By `ge` and `le`; what the basic engine refuses is asked of the other one. */
const TIME: Searchable = { type: 'time', exact: 'basic' };
const NOT: Searchable = { type: 'text' };

const KNOWN: ReadonlyMap<string, Searchable> = new Map<string, Searchable>([
  ['id', { type: 'id', exact: 'basic' }],
  ['accountEnabled', { type: 'flag', exact: 'basic' }],
  ['isResourceAccount', { type: 'flag', exact: 'basic' }],
  ['businessPhones', { type: 'texts', exact: 'basic', prefix: 'advanced' }],
  ['jobTitle', { type: 'text', exact: 'basic', prefix: 'advanced' }],
  ['userType', { type: 'text', exact: 'basic' }],
  ['imAddresses', TEXTS],
  ['otherMails', TEXTS],
  ['proxyAddresses', TEXTS],
  ['city', BASIC],
  ['country', BASIC],
  ['department', BASIC],
  ['displayName', BASIC],
  ['employeeId', BASIC],
  ['givenName', BASIC],
  ['mail', BASIC],
  ['mailNickname', BASIC],
  ['onPremisesUserPrincipalName', BASIC],
  ['state', BASIC],
  ['surname', BASIC],
  ['usageLocation', BASIC],
  ['userPrincipalName', BASIC],
  ['onPremisesDistinguishedName', NOT],
  ['onPremisesDomainName', NOT],
  ['onPremisesImmutableId', EXACT_ADVANCED],
]);

/** Split into words by `$search`; of the other properties it only finds the beginning. */
export const PROPERTY_WITH_WORDS = 'displayName';

/** How a property (`mail`, `onPremisesExtensionAttributes/extensionAttribute1`) is searched. */
export function searchable(property: string): Searchable {
  const [first = ''] = property.split('/');
  // A relationship cannot be filtered.
  if (isOfManager(property)) return NOT;
  if (isTime(property)) return TIME;
  if (first !== property) return EXACT_ADVANCED;
  // What is not in the table is served by the advanced engine, or not at all; then Graph says so.
  return KNOWN.get(property) ?? ADVANCED;
}

/** `manager` is a relationship: it is expanded, not selected. */
export function isOfManager(property: string): boolean {
  return property.startsWith('manager/');
}

/** Graph names times so: `createdDateTime`, `employeeHireDate`. */
export function isTime(property: string): boolean {
  return /(?:DateTime|HireDate)$/.test(property);
}
