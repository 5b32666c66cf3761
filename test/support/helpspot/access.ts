/** Who a call is made for (manual, chapter 4.2: tokens, HTTP Basic, `username` and `password` in the address). */
import type { Received } from '../http/stand-in.ts';
import type { House } from './call.ts';
import type { StaffMember } from './data.ts';
import { refused } from './failures.ts';
import { type Parameters, textOf } from './parameters.ts';

/** @throws {Refusal} 001 without credentials, 002 with wrong ones, 003 after too many */
export function signedIn(house: House, { headers }: Received, parameters: Parameters): StaffMember {
  const credentials = credentialsOf(headers.authorization ?? '', parameters);
  if (credentials === undefined) throw refused(1);
  if (house.wrongSignIns >= house.mostWrongSignIns) throw refused(3);
  const person = personFor(house, credentials);
  if (person === undefined || person.fDeleted) {
    house.wrongSignIns += 1;
    throw refused(2);
  }
  return person;
}

type Credentials = { readonly token: string } | { readonly name: string; readonly password: string };

function credentialsOf(authorization: string, parameters: Parameters): Credentials | undefined {
  const [scheme = '', rest = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() === 'bearer' && rest !== '') return { token: rest };
  if (scheme.toLowerCase() === 'basic') {
    const text = Buffer.from(rest, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon > 0) return { name: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  const [name, password] = [textOf(parameters, 'username'), textOf(parameters, 'password')];
  return name === '' ? undefined : { name, password };
}

function personFor(house: House, credentials: Credentials): StaffMember | undefined {
  const { staff } = house.data;
  if ('token' in credentials) {
    const xPerson = house.takesTokens ? house.tokens.get(credentials.token) : undefined;
    return staff.find((person) => person.xPerson === xPerson);
  }
  const { name, password } = credentials;
  if (!house.takesPasswords || name === '' || password === '') return undefined;
  return staff.find((one) => (one.sEmail === name || one.sUsername === name) && one.password === password);
}
