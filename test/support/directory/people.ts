/** The people of the test directories: the same ones each time, more than one page of them. */

/** How an account stands. Only Active Directory has all of these; OpenLDAP has `locked` (password policy). */
export type AccountState = 'enabled' | 'disabled' | 'locked' | 'password-expired';

/** One person. */
export interface Person {
  /** Log-in name: `uid` in OpenLDAP, `sAMAccountName` in Active Directory. */
  readonly login: string;
  /** `employeeNumber` in OpenLDAP, `employeeID` in Active Directory. */
  readonly number: string;
  readonly firstName: string;
  readonly lastName: string;
  /** `cn` and `displayName`. */
  readonly displayName: string;
  /** The first is the primary one: `mail` and, in Active Directory, `proxyAddresses: SMTP:…`; the others `smtp:…`. */
  readonly mails: readonly string[];
  readonly phone: string;
  readonly mobile?: string;
  readonly title: string;
  readonly department: string;
  readonly company: string;
  readonly room: string;
  /** The log-in name of the manager. */
  readonly manager?: string;
  readonly state: AccountState;
  readonly hasPhoto: boolean;
}

/** A group; `groups` are the groups in it, by name. */
export interface Group {
  readonly name: string;
  readonly members: readonly string[];
  readonly groups: readonly string[];
}

/** More than the 1,000 entries that Active Directory gives in one page. */
export const PEOPLE_COUNT = 1_200;

type Special = Partial<Person> & Pick<Person, 'login' | 'firstName' | 'lastName'>;

/** Each has something that breaks a careless program; their numbers are P10000, P10001, … in this order. */
const specials: readonly Special[] = [
  { login: 'boss', firstName: 'Greta', lastName: 'Großmann', title: 'Managing Director', hasPhoto: true },
  { login: 'sobrien', firstName: 'Sinéad', lastName: "O'Brien", manager: 'boss' },
  { login: 'jmuller', firstName: 'Jürg', lastName: 'Müller-Lüdenscheidt', manager: 'boss' },
  { login: 'contractor', firstName: 'Carl', lastName: 'Smith (Contractor)', manager: 'sobrien' },
  { login: 'star', firstName: 'Stella', lastName: 'St*r', manager: 'contractor' },
  { login: 'backslash', firstName: 'Bo', lastName: 'Back\\slash', manager: 'sobrien' },
  { login: 'comma', firstName: 'Connie', lastName: 'Comma, Jr.', manager: 'sobrien' },
  { login: 'plus', firstName: 'Pat', lastName: 'Plus+Equal="Quote"', manager: 'comma' },
  { login: 'hash', firstName: '#Hash', lastName: '<Angle>; Semicolon', manager: 'backslash' },
  { login: 'taro', firstName: '太郎', lastName: '山田', manager: 'jmuller' },
  { login: 'olga', firstName: 'Ольга', lastName: 'Иванова', manager: 'taro' },
  { login: 'emoji', firstName: 'Emma 🚀', lastName: 'Rocket', manager: 'jmuller' },
  { login: 'gone', firstName: 'Dan', lastName: 'Disabled', state: 'disabled' },
  { login: 'locked', firstName: 'Lara', lastName: 'Locked', state: 'locked' },
  { login: 'expired', firstName: 'Ed', lastName: 'Expired', state: 'password-expired' },
  {
    login: 'aliases',
    firstName: 'Al',
    lastName: 'Aliases',
    mails: ['al@example.test', 'al.aliases@example.test', 'aliases@other.test', "o'al@example.test"],
  },
  { login: 'photo', firstName: 'Phoebe', lastName: 'Photo', hasPhoto: true },
];

const firstNames = [
  'Anna',
  'Björn',
  'Chloé',
  'David',
  'Élodie',
  'François',
  'Gwen',
  'Håkon',
  'Inês',
  'Jan',
  'Kateřina',
];
const lastNames = ['Abbott', "D'Angelo", 'Żak', 'García', 'Söderström', 'Nguyễn', 'Fischer', 'Çelik', 'Novák', 'Weiß'];
const titles = ['Engineer', 'Accountant', 'Nurse', 'Technician', 'Clerk'];
const departments = ['Support', 'Finance', 'Research & Development', 'Facilities', 'Sales (EMEA)', 'Human Resources'];

function person(index: number, special: Special | undefined): Person {
  const pick = (list: readonly string[], step: number) => list[(index * step) % list.length] ?? '';
  const login = special?.login ?? `user${index}`;
  const firstName = special?.firstName ?? pick(firstNames, 1);
  const lastName = special?.lastName ?? `${pick(lastNames, 3)} ${index}`;
  return {
    login,
    number: `P${10_000 + index}`,
    firstName,
    lastName,
    displayName: `${firstName} ${lastName}`,
    mails: [`${login}@example.test`],
    phone: `+1 845 555 ${String(index).padStart(4, '0')}`,
    ...(index % 3 === 0 ? { mobile: `+44 7700 90${String(index).padStart(4, '0')}` } : {}),
    title: pick(titles, 1),
    department: pick(departments, 1),
    company: 'Example Works',
    room: `B${index % 7}-${100 + (index % 40)}`,
    ...(special === undefined ? { manager: specials[index % specials.length]?.login ?? 'boss' } : {}),
    state: index % 50 === 49 ? 'disabled' : 'enabled',
    hasPhoto: false,
    ...special,
  };
}

/** All of them, managers before those they manage. */
export const people: readonly Person[] = Array.from({ length: PEOPLE_COUNT }, (_, index) =>
  person(index, specials[index]),
);

/** Groups in groups, three deep; every tenth person is in the innermost one. */
export const groups: readonly Group[] = [
  {
    name: 'Support Tier 1',
    members: people.filter((_, index) => index % 10 === 5).map(({ login }) => login),
    groups: [],
  },
  { name: 'Support (all tiers)', members: ['sobrien', 'contractor'], groups: ['Support Tier 1'] },
  { name: 'Everyone, really', members: ['boss'], groups: ['Support (all tiers)'] },
];

/** The smallest JPEG worth the name: one grey pixel. */
export const photo: Buffer = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  'base64',
);
