/** The seed as Active Directory has it. */
import { suiteCustomers } from '../adapter-suite/seed.ts';
import { type Entry, escapeDn } from './ldif.ts';
import { type AccountState, groups, type Person, people, photo } from './people.ts';

export const DOMAIN = 'example.test';
export const BASE = 'DC=example,DC=test';
export const SERVICE_NAME = 'svc-helpspot';
export const SERVICE_DN = `CN=${SERVICE_NAME},CN=Users,${BASE}`;

/** `userAccountControl` (MS-ADTS 2.2.16). */
const NORMAL_ACCOUNT = 0x200;
const DISABLED = 0x2;
const PASSWORD_NEVER_EXPIRES = 0x1_0000;
/** Any moment: 2022-06-18. The lock holds until an administrator opens it. */
const LOCKED_AT = '133000000000000000';
/** Active Directory's own upper bound of `company`. */
const COMPANY_LENGTH = 64;

const personDn = (person: Pick<Person, 'displayName' | 'login'>) =>
  `CN=${escapeDn(`${person.displayName} (${person.login})`)},OU=People,${BASE}`;
const groupDn = (name: string) => `CN=${escapeDn(name)},OU=Groups,${BASE}`;
const byLogin = new Map(people.map((person) => [person.login, personDn(person)]));
const unit = (name: string): Entry => ({
  dn: `OU=${name},${BASE}`,
  attributes: { objectClass: 'organizationalUnit' },
});

/** Each entry after those that it names. */
export function activeDirectoryEntries(servicePassword: string): readonly Entry[] {
  return [
    ...['People', 'Groups', 'Suite'].map(unit),
    {
      dn: SERVICE_DN,
      attributes: {
        objectClass: 'user',
        sAMAccountName: SERVICE_NAME,
        userPrincipalName: `${SERVICE_NAME}@${DOMAIN}`,
        userAccountControl: NORMAL_ACCOUNT | PASSWORD_NEVER_EXPIRES,
        unicodePwd: Buffer.from(`"${servicePassword}"`, 'utf16le'),
      },
    },
    ...people.map(personEntry),
    ...groups.map((group) => ({
      dn: groupDn(group.name),
      attributes: {
        objectClass: 'group',
        sAMAccountName: group.name.replaceAll(/[^\w]/g, ''),
        member: [...group.members.map((login) => byLogin.get(login)), ...group.groups.map(groupDn)].filter(
          (dn) => dn !== undefined,
        ),
      },
    })),
    ...suiteCustomers.map((customer) => ({
      dn: `CN=${customer.customer_id},OU=Suite,${BASE}`,
      attributes: {
        objectClass: 'user',
        sAMAccountName: customer.customer_id,
        employeeID: customer.customer_id,
        givenName: customer.first_name,
        sn: customer.last_name,
        mail: customer.email,
        telephoneNumber: customer.phone,
        company: customer.company?.slice(0, COMPANY_LENGTH).trimEnd(),
        comment: customer.company,
        userAccountControl: NORMAL_ACCOUNT,
      },
    })),
  ];
}

function personEntry(person: Person): Entry {
  return {
    dn: personDn(person),
    attributes: {
      objectClass: 'user',
      sAMAccountName: person.login,
      userPrincipalName: `${person.login}@${DOMAIN}`,
      displayName: person.displayName,
      givenName: person.firstName,
      sn: person.lastName,
      employeeID: person.number,
      mail: person.mails[0],
      proxyAddresses: person.mails.map((mail, index) => `${index === 0 ? 'SMTP' : 'smtp'}:${mail}`),
      telephoneNumber: person.phone,
      mobile: person.mobile,
      title: person.title,
      department: person.department,
      company: person.company,
      physicalDeliveryOfficeName: person.room,
      manager: person.manager === undefined ? undefined : byLogin.get(person.manager),
      thumbnailPhoto: person.hasPhoto ? photo : undefined,
      ...accountAttributes(person.state),
    },
  };
}

/** `pwdLastSet` takes -1 (now) and 0 (the person must change it at once: it counts as expired). */
function accountAttributes(state: AccountState): Entry['attributes'] {
  return {
    userAccountControl: state === 'disabled' ? NORMAL_ACCOUNT | DISABLED : NORMAL_ACCOUNT,
    pwdLastSet: state === 'password-expired' ? 0 : -1,
    lockoutTime: state === 'locked' ? LOCKED_AT : undefined,
  };
}
