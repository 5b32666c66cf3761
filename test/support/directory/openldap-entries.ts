/** The seed as OpenLDAP has it. */
import { suiteCustomers } from '../adapter-suite/seed.ts';
import { type Entry, escapeDn } from './ldif.ts';
import { groups, type Person, people, photo } from './people.ts';

export const BASE = 'dc=example,dc=org';
export const ADMIN_DN = `cn=admin,${BASE}`;
export const SERVICE_DN = `uid=svc-helpspot,ou=services,${BASE}`;

/** Password policy: locked until an administrator unlocks it (draft-behera-ldap-password-policy, section 5.3.3). */
const LOCKED_FOR_EVER = '000001010000Z';

const personDn = (login: string) => `uid=${escapeDn(login)},ou=people,${BASE}`;
const groupDn = (name: string) => `cn=${escapeDn(name)},ou=groups,${BASE}`;

/** Parents before children, as `slapadd` wants them. */
export function openLdapEntries(servicePassword: string): readonly Entry[] {
  return [
    { dn: BASE, attributes: { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' } },
    ...['services', 'people', 'groups', 'suite', 'public'].map(unit),
    {
      dn: SERVICE_DN,
      attributes: {
        objectClass: ['account', 'simpleSecurityObject'],
        uid: 'svc-helpspot',
        userPassword: servicePassword,
      },
    },
    ...people.map(personEntry),
    ...groups.map((group) => ({
      dn: groupDn(group.name),
      attributes: {
        objectClass: 'groupOfNames',
        cn: group.name,
        member: [...group.members.map(personDn), ...group.groups.map(groupDn)],
      },
    })),
    ...suiteEntries(),
    {
      dn: `uid=front-desk,ou=public,${BASE}`,
      attributes: {
        objectClass: 'inetOrgPerson',
        uid: 'front-desk',
        cn: 'Front Desk',
        sn: 'Desk',
        mail: 'desk@example.org',
      },
    },
    {
      dn: `ou=branch,${BASE}`,
      attributes: {
        objectClass: ['referral', 'extensibleObject'],
        ou: 'branch',
        ref: `ldap://branch.example.invalid/ou=branch,${BASE}`,
      },
    },
  ];
}

function unit(name: string): Entry {
  return { dn: `ou=${name},${BASE}`, attributes: { objectClass: 'organizationalUnit', ou: name } };
}

function personEntry(person: Person): Entry {
  return {
    dn: personDn(person.login),
    attributes: {
      objectClass: 'inetOrgPerson',
      uid: person.login,
      cn: person.displayName,
      displayName: person.displayName,
      givenName: person.firstName,
      sn: person.lastName,
      employeeNumber: person.number,
      mail: person.mails,
      telephoneNumber: person.phone,
      mobile: person.mobile,
      title: person.title,
      departmentNumber: person.department,
      o: person.company,
      roomNumber: person.room,
      manager: person.manager === undefined ? undefined : personDn(person.manager),
      jpegPhoto: person.hasPhoto ? photo : undefined,
      pwdAccountLockedTime: person.state === 'locked' ? LOCKED_FOR_EVER : undefined,
      // The overlay keeps these for changes over LDAP; `slapadd` goes past it.
      memberOf: groups.filter(({ members }) => members.includes(person.login)).map(({ name }) => groupDn(name)),
    },
  };
}

/** `sn` and `cn` are mandatory; every customer of the suite has a last name. */
function suiteEntries(): readonly Entry[] {
  return suiteCustomers.map((customer) => ({
    dn: `uid=${customer.customer_id.toLowerCase()},ou=suite,${BASE}`,
    attributes: {
      objectClass: 'inetOrgPerson',
      uid: customer.customer_id.toLowerCase(),
      employeeNumber: customer.customer_id,
      cn: [customer.first_name, customer.last_name].filter((name) => name !== undefined).join(' '),
      givenName: customer.first_name,
      sn: customer.last_name,
      mail: customer.email,
      telephoneNumber: customer.phone,
      o: customer.company,
    },
  }));
}
