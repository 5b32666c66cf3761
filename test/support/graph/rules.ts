/**
 * Which properties a user has, and which of Graph's two query engines serves an operator on them. Written from
 * https://learn.microsoft.com/graph/aad-advanced-queries#user-properties and
 * https://learn.microsoft.com/graph/api/resources/user, independently of the adapter.
 */

/** `default`: always; `advanced`: with `ConsistencyLevel: eventual` and `$count=true`; undefined: never. */
export type Engine = 'default' | 'advanced' | undefined;

/** What can be done with a property. */
export interface PropertyRule {
  readonly type: 'string' | 'boolean' | 'date' | 'id' | 'collection' | 'complex';
  readonly eq: Engine;
  readonly startsWith: Engine;
  readonly endsWith: Engine;
}

const rule = (type: PropertyRule['type'], eq: Engine, startsWith: Engine, endsWith?: Engine): PropertyRule => ({
  type,
  eq,
  startsWith,
  endsWith,
});
const both = rule('string', 'default', 'default');
const advanced = rule('string', 'advanced', 'advanced');
const shownOnly = rule('string', undefined, undefined);

/** The properties by name. */
export const propertyRules: ReadonlyMap<string, PropertyRule> = new Map(
  Object.entries({
    id: rule('id', 'default', undefined),
    accountEnabled: rule('boolean', 'default', undefined),
    businessPhones: rule('collection', 'default', 'advanced'),
    city: both,
    companyName: advanced,
    country: both,
    createdDateTime: rule('date', 'default', undefined),
    department: both,
    displayName: both,
    employeeId: both,
    employeeType: advanced,
    faxNumber: advanced,
    givenName: both,
    imAddresses: rule('collection', 'default', 'default'),
    jobTitle: rule('string', 'default', 'advanced'),
    mail: rule('string', 'default', 'default', 'advanced'),
    mailNickname: both,
    mobilePhone: advanced,
    officeLocation: advanced,
    onPremisesDistinguishedName: shownOnly,
    onPremisesExtensionAttributes: rule('complex', 'advanced', undefined),
    onPremisesSamAccountName: advanced,
    otherMails: rule('collection', 'default', 'default', 'advanced'),
    postalCode: advanced,
    preferredLanguage: advanced,
    proxyAddresses: rule('collection', 'default', 'default', 'advanced'),
    state: both,
    streetAddress: advanced,
    surname: both,
    usageLocation: both,
    userPrincipalName: rule('string', 'default', 'default', 'advanced'),
    userType: rule('string', 'default', undefined),
  } satisfies Record<string, PropertyRule>),
);

/** What is returned without `$select`; https://learn.microsoft.com/graph/api/user-list#optional-query-parameters */
export const defaultProperties = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
] as const;

/** "Any property that can be used in $filter can also be used inside $search"; of a user only the display name is split into words. */
export const tokenisedProperty = 'displayName';
