/** A Graph with the users of Microsoft's examples, and a client that knows nothing of the adapter. */
import { request } from 'node:https';
import { afterAll, afterEach } from 'vitest';
import { temporaryFolderForAll } from '../temp.ts';
import { type GraphUser, guid } from './people.ts';
import { clientId, clientSecret, startGraph, tenantId } from './server.ts';

/** Users of the examples in the documentation. */
export const people: readonly GraphUser[] = [
  {
    id: guid(1),
    displayName: 'Conf Room Adams',
    userPrincipalName: 'Adams@contoso.com',
    mail: 'Adams@contoso.com',
    businessPhones: [],
  },
  {
    id: guid(2),
    displayName: 'MOD Administrator',
    givenName: 'MOD',
    surname: 'Administrator',
    userPrincipalName: 'admin@contoso.com',
    mail: null,
    businessPhones: ['425-555-0100'],
    mobilePhone: '254785550101',
    accountEnabled: true,
    managerId: guid(1),
  },
  {
    id: guid(3),
    displayName: "Mary O'Brien",
    givenName: 'Mary',
    surname: "O'Brien",
    userPrincipalName: 'mary@hotmail.com',
    mail: 'mary@hotmail.com',
    businessPhones: ['44 121 555 0100'],
    otherMails: ['mary@fabrikam.com'],
    proxyAddresses: ['SMTP:mary@hotmail.com', 'smtp:mob@contoso.com'],
    imAddresses: ['admin@contoso.com'],
    companyName: 'Microsoft',
    officeLocation: 'Japan',
    accountEnabled: false,
    managerId: guid(2),
  },
];

/** A folder for the certificates of the tests. */
export const folder = await temporaryFolderForAll();

/** Runs for the file of tests that imports this. */
export const graph = await startGraph(folder, people);
afterAll(() => graph.stop());
afterEach(() => {
  graph.heal();
  graph.people = people;
  graph.registration.hasPermission = true;
});

/** An answer and its JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown>;
}

/** Sends a GET, or a POST of a form. */
export function send(
  path: string,
  headers: Record<string, string> = {},
  form?: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { ca: graph.ca, headers, method: form === undefined ? 'GET' : 'POST' };
    const sent = request(`${graph.origin}${path}`, options, async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(Buffer.from(chunk));
        const body = JSON.parse(Buffer.concat(chunks).toString());
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      } catch (error) {
        reject(error);
      }
    });
    sent.on('error', reject);
    sent.end(form === undefined ? undefined : new URLSearchParams(form).toString());
  });
}

/** Asks for a token; `changes` are fields of the form. */
export const signIn = (changes: Record<string, string> = {}) =>
  send(
    `/${tenantId}/oauth2/v2.0/token`,
    {},
    {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${graph.origin}/.default`,
      ...changes,
    },
  );

/** Asks for users, with a good token. `query` is not encoded yet, and has no `&` in a value. */
export async function users(query: string, isAdvanced = false): Promise<Answer> {
  const { body } = await signIn();
  const level = isAdvanced ? { ConsistencyLevel: 'eventual' } : {};
  const encoded = query
    .split('&')
    .map((part) => part.replace(/=.*/s, (value) => `=${encodeURIComponent(value.slice(1))}`));
  return send(`/v1.0/users?${encoded.join('&')}`, {
    Authorization: `Bearer ${String(body['access_token'])}`,
    ...level,
  });
}

/** The ids of the users in an answer. */
export const idsOf = ({ body }: Answer): unknown[] => Array.from(Object(body['value']), (user) => Object(user).id);
/** The names of the users that are found. */
export const names = async (query: string, isAdvanced = false) =>
  idsOf(await users(query, isAdvanced)).map((id) => people.find((one) => one.id === id)?.displayName);
/** The error in an answer. */
export const errorOf = ({ status, body }: Answer) => ({ status, ...Object(body['error']), innerError: undefined });
/** The error for a query. */
export const refused = async (query: string, isAdvanced = false) => errorOf(await users(query, isAdvanced));
