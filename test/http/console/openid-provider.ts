/** A real OpenID Connect provider on a free port, at which whoever the test names signs in. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type JWK, Provider } from 'oidc-provider';
import type { OpenIdPlan } from '../../../src/gateway/plan.ts';

/** The outside address of the tests' gateway; visitors know where it really is. */
export const OUTSIDE = 'https://gateway.example.com';
export const REDIRECT = `${OUTSIDE}/console/sign-in/openid`;
export const SECRET = 'a secret of the gateway at the provider';

/** What a client has with the provider. */
export type ClaimsOfPerson = Readonly<Record<string, unknown>>;

/** Changes the claims of an ID token, which is signed anew; the whole token; or what comes with it, and its status. */
export interface Alteration {
  readonly answer?: ClaimsOfPerson;
  readonly status?: number;
  readonly claims?: ClaimsOfPerson;
  readonly token?: (token: string) => string;
}

export interface TestProvider {
  readonly issuer: string;
  /** Who signs in next; undefined: who says no. */
  person: ClaimsOfPerson | undefined;
  /** How ID tokens are falsified. */
  alteration: Alteration | undefined;
  /** Whether it answers: it may break off each connection, say nothing, too much, or what another program says. */
  state: 'well' | 'broken' | 'silent' | 'endless' | 'other';
  /** Paths that were asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** How it is reached, and by whom. */
export interface ProviderOptions {
  /** `localhost` for a browser: another site than 127.0.0.1. */
  readonly host?: string;
  /** The address of the gateway, where it is not {@link OUTSIDE}. */
  readonly gateway?: string;
}

/** Starts it. */
export async function startProvider({ host = '127.0.0.1', gateway = OUTSIDE }: ProviderOptions = {}) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  const key: JWK = { ...jwk, kty: 'RSA', kid: 'key-of-tests', use: 'sig', alg: 'RS256' };
  const people = new Map<string, ClaimsOfPerson>();
  const handler: { call?: (req: IncomingMessage, res: ServerResponse) => unknown } = {};
  const server = createServer((req, res) => {
    running.asked.push(req.url ?? '');
    if (running.state === 'broken') req.socket.destroy();
    else if (running.state === 'endless') res.end(`{"a":"${'a'.repeat(2_000_000)}"}`);
    else if (running.state === 'other') res.setHeader('Content-Type', 'application/json').end('{"name":"an API"}');
    else if (running.state === 'well') handler.call?.(req, res);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the provider does not listen');
  const issuer = `http://${host}:${address.port}`;

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'gateway',
        client_secret: SECRET,
        redirect_uris: [`${gateway}/console/sign-in/openid`],
        post_logout_redirect_uris: [`${gateway}/console/sign-in`],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['a key of tests'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    claims: {
      openid: ['sub'],
      profile: ['preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...people.get(id) }),
    }),
    async loadExistingGrant(ctx) {
      const { session, client } = ctx.oidc;
      const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: client?.clientId ?? '' });
      grant.addOIDCScope('openid profile email groups');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    const body: unknown = ctx.body;
    if (ctx.path !== '/token' || running.alteration === undefined || typeof body !== 'object' || body === null) return;
    const token: unknown = Reflect.get(body, 'id_token');
    const { answer, status } = running.alteration;
    if (typeof token === 'string') ctx.body = { ...body, id_token: altered(token, running.alteration), ...answer };
    if (status !== undefined) ctx.status = status;
  });

  function altered(token: string, { claims, token: change }: Alteration): string {
    if (change !== undefined) return change(token);
    const [header = '', payload = ''] = token.split('.');
    const old: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const fresh = Buffer.from(JSON.stringify({ ...Object(old), ...claims })).toString('base64url');
    const signature = createSign('RSA-SHA256').update(`${header}.${fresh}`).sign(privateKey, 'base64url');
    return `${header}.${fresh}.${signature}`;
  }

  const callback = provider.callback();
  handler.call = (req, res) => {
    if (!req.url?.startsWith('/interaction/')) return callback(req, res);
    const { person } = running;
    const id = String(people.size);
    if (person !== undefined) people.set(id, person);
    const no = { error: 'access_denied', error_description: 'the person has changed their mind' };
    return provider.interactionFinished(req, res, person === undefined ? no : { login: { accountId: id } });
  };

  const running: TestProvider = {
    issuer,
    person: undefined,
    alteration: undefined,
    state: 'well',
    asked: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return running;
}

/** `console.openid` for it. */
export function openIdPlan({ issuer }: Pick<TestProvider, 'issuer'>, more: Partial<OpenIdPlan> = {}): OpenIdPlan {
  return {
    issuer,
    clientId: 'gateway',
    clientSecret: SECRET,
    redirect: REDIRECT,
    title: 'Example Inc.',
    scopes: ['openid', 'profile', 'email', 'groups'],
    nameClaim: undefined,
    roles: { claim: 'groups', values: { administrator: ['admins'], operator: ['seconds'], viewer: ['support'] } },
    http: { proxy: 'none' },
    ...more,
  };
}
