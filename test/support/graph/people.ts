/** The users of the test tenant. */

/** A user as Graph holds it; `managerId` is the relationship, which is no property. */
export interface GraphUser {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly managerId?: string;
  readonly [property: string]: unknown;
}

const GIVEN = ['Zoë', 'Jürg', 'Sinéad', 'Marie', 'Łukasz', 'Søren', 'Ana', 'Bob', 'Ольга', 'Nguyễn', 'Mei', 'Tariq'];
const FAMILY = ["O'Brien", 'Müller', 'Smith (Sales)', 'de la Cruz', 'Żółć', 'St*rr', 'Nuñez', 'Иванова', 'Day-Lewis'];
const OFFICES = ['18/2111', 'Zürich 4', 'Remote'];
/** Each of them manages the nine people after them, like the tenths of a pyramid. */
const TEAM = 10;

/** A stable GUID for a number. */
export function guid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/**
 * Makes users as large tenants have them: accents, apostrophes, parentheses and asterisks in names, several
 * addresses, disabled accounts, managers, guests, and people of whom almost nothing is known.
 */
export function makePeople(count: number): readonly GraphUser[] {
  return Array.from({ length: count }, (_, index) => person(index));
}

function person(index: number): GraphUser {
  const given = pick(GIVEN, index);
  const family = pick(FAMILY, Math.floor(index / GIVEN.length));
  const account = `user${index}@contoso.example`;
  const managerId = index % TEAM === 0 ? undefined : guid(index - (index % TEAM));
  return {
    id: guid(index),
    displayName: `${given} ${family}`,
    givenName: given,
    surname: family,
    mail: index % 7 === 6 ? null : `mail${index}@contoso.example`,
    userPrincipalName: account,
    otherMails: index % 5 === 0 ? [`private${index}@home.example`] : [],
    proxyAddresses: [`SMTP:mail${index}@contoso.example`, `smtp:alias${index}@contoso.example`, `sip:${account}`],
    employeeId: index % 11 === 10 ? null : `E${1000 + index}`,
    businessPhones: index % 4 === 3 ? [] : [`+1 425 555 ${String(index).padStart(4, '0')}`],
    mobilePhone: index % 3 === 0 ? `(206) 555-${String(index).padStart(4, '0')}` : null,
    jobTitle: index % TEAM === 0 ? 'Manager' : 'Engineer',
    department: 'Research & Development',
    companyName: 'Contoso, Ltd.',
    officeLocation: pick(OFFICES, index),
    accountEnabled: index % 13 !== 12,
    userType: index % 17 === 16 ? 'Guest' : 'Member',
    createdDateTime: '2020-05-06T07:08:09Z',
    onPremisesExtensionAttributes: { extensionAttribute1: `cost-${index}` },
    ...(managerId === undefined ? {} : { managerId }),
  };
}

function pick(list: readonly string[], index: number): string {
  return list[index % list.length] ?? '';
}
