/** Which attribute holds which field, in the two families of directories. */
import { activeDirectoryStatus, openLdapStatus, type StatusRule } from './account-status.ts';

/** One field of the records. */
export interface Field {
  /** The first of these that has a value is shown. */
  readonly show: readonly string[];
  /** A search looks at all of these. */
  readonly search: readonly string[];
  /** Of several values only the first is shown: HelpSpot inserts this field into a request. */
  readonly first: boolean;
  /** The value is not read but concluded. */
  readonly status?: StatusRule;
}

/** A family of directories. */
export interface Preset {
  /** What staff call it. */
  readonly title: string;
  /** Which entries are people. */
  readonly filter: string;
  readonly fields: Readonly<Record<string, Field>>;
}

/** The names of the presets. */
export type PresetName = 'active-directory' | 'openldap';

/** A field that has one attribute or several. */
export function field(attributes: string | readonly string[]): Field {
  const list = typeof attributes === 'string' ? [attributes] : attributes;
  return { show: list, search: list, first: false };
}

function single(show: string | readonly string[], alsoSearched: readonly string[] = []): Field {
  const list = typeof show === 'string' ? [show] : show;
  return { show: list, search: [...list, ...alsoSearched], first: true };
}

function status(rule: StatusRule): Field {
  return { show: [], search: [], first: true, status: rule };
}

/** What {@link Preset} is meant by a name. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  'active-directory': {
    title: 'Active Directory',
    // objectCategory has an index, and leaves computers out, which are users too.
    filter: '(&(objectCategory=person)(objectClass=user))',
    fields: {
      customer_id: single('sAMAccountName'),
      first_name: single('givenName'),
      last_name: single('sn'),
      email: single(['mail', 'proxyAddresses'], ['userPrincipalName']),
      phone: single('telephoneNumber', ['otherTelephone', 'mobile']),
      full_name: single('displayName'),
      mobile: field('mobile'),
      title: field('title'),
      department: field('department'),
      company: field('company'),
      office: field('physicalDeliveryOfficeName'),
      street: field('streetAddress'),
      city: field('l'),
      state: field('st'),
      postal_code: field('postalCode'),
      country: field('co'),
      manager: field('manager'),
      account_status: status(activeDirectoryStatus),
      employee_id: field('employeeID'),
      user_principal_name: field('userPrincipalName'),
      email_addresses: field('proxyAddresses'),
      // lastLogon is exact but each domain controller has its own; the other one is shared, days late.
      last_logon: field(['lastLogonTimestamp', 'lastLogon']),
      password_last_set: field('pwdLastSet'),
      account_expires: field('accountExpires'),
      when_created: field('whenCreated'),
      object_guid: field('objectGUID'),
      object_sid: field('objectSid'),
    },
  },
  openldap: {
    title: 'LDAP directory',
    filter: '(objectClass=person)',
    fields: {
      customer_id: single('uid'),
      first_name: single('givenName'),
      last_name: single('sn'),
      email: single('mail'),
      phone: single('telephoneNumber', ['mobile']),
      full_name: single(['displayName', 'cn']),
      mobile: field('mobile'),
      title: field('title'),
      department: field(['departmentNumber', 'ou']),
      company: field('o'),
      office: field(['roomNumber', 'physicalDeliveryOfficeName']),
      street: field('street'),
      city: field('l'),
      state: field('st'),
      postal_code: field('postalCode'),
      manager: field('manager'),
      account_status: status(openLdapStatus),
      employee_id: field('employeeNumber'),
      email_addresses: field('mail'),
      when_created: field('createTimestamp'),
    },
  },
};
