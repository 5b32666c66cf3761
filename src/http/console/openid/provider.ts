/** The OpenID Connect provider: found out about once, asked with the library, which is loaded only then. */
import type { ClientAuth, Configuration, CustomFetch, ExportedJWKSCache, ServerMetadata } from 'openid-client';
import { redact } from '../../../contract/index.ts';
import type { OpenIdPlan } from '../../../gateway/plan.ts';
import { openConnections } from '../../../kit/http/index.ts';
import { parsedAddress } from '../../../kit/text/index.ts';
import { SingleFlight } from '../../../kit/wait/index.ts';
import { asOpenIdFailure, OpenIdFailure, type OpenIdStep } from './failure.ts';
import { fetchOver, isSecure } from './web.ts';

type Library = typeof import('openid-client');

/** Addresses of a provider change once in years; keys are asked for anew by the library when it needs one. */
const METADATA_MS = 3_600_000;

/** Clocks that are set over the network are apart by less. Seconds. */
const CLOCK_TOLERANCE = 30;

/** What one sign-in is recognised by, from its beginning to its end. */
export interface SignInSecrets {
  readonly state: string;
  readonly nonce: string;
  /** PKCE (RFC 7636). */
  readonly verifier: string;
}

/** What the provider says of somebody. */
export interface ProviderWords {
  /** The claims of the ID token, whose signature is right. */
  readonly idToken: Readonly<Record<string, unknown>>;
  /** Claims of the UserInfo endpoint, where it was asked. */
  readonly userInfo: Readonly<Record<string, unknown>> | undefined;
}

/** What `console.openid` names. Failures are {@link OpenIdFailure}s. */
export class OpenIdProvider {
  readonly plan: OpenIdPlan;
  readonly #discovery = new SingleFlight<ServerMetadata>();
  #known: { readonly metadata: ServerMetadata; readonly at: number } | undefined;
  #keys: ExportedJWKSCache | undefined;

  constructor(plan: OpenIdPlan) {
    this.plan = plan;
  }

  /** The discovery document, which offers what is needed; after a failure it is asked for again. */
  async metadata(signal: AbortSignal): Promise<ServerMetadata> {
    const known = this.#known;
    if (known !== undefined && performance.now() - known.at < METADATA_MS) return known.metadata;
    try {
      return await this.#discovery.join('', signal, async (caller) => {
        const metadata = await this.#ask('discovery', caller.signal, (library, fetch) =>
          this.#discover(library, fetch),
        );
        this.#known = { metadata, at: performance.now() };
        return metadata;
      });
    } catch (error) {
      throw asOpenIdFailure(error, 'discovery');
    }
  }

  /** Begins a sign-in: where the browser goes, and what it will be recognised by. @param redirect where it comes back to */
  async begin(redirect: string, signal: AbortSignal): Promise<{ readonly to: URL; readonly secrets: SignInSecrets }> {
    const metadata = await this.metadata(signal);
    const library = await import('openid-client');
    const secrets = {
      state: library.randomState(),
      nonce: library.randomNonce(),
      verifier: library.randomPKCECodeVerifier(),
    };
    const to = library.buildAuthorizationUrl(this.#configuration(library, metadata), {
      redirect_uri: redirect,
      scope: this.plan.scopes.join(' '),
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await library.calculatePKCECodeChallenge(secrets.verifier),
      code_challenge_method: 'S256',
    });
    return { to, secrets };
  }

  /**
   * Ends a sign-in: takes the code for an ID token, and looks at its signature, issuer, audience, nonce and time.
   * @param answer the address that the browser came back to, with what the provider wrote into it
   * @param isEnough whether the claims say what is needed; otherwise UserInfo is asked, too
   */
  async end(
    answer: URL,
    { state, nonce, verifier }: SignInSecrets,
    isEnough: (claims: Readonly<Record<string, unknown>>) => boolean,
    signal: AbortSignal,
  ): Promise<ProviderWords> {
    const metadata = await this.metadata(signal);
    return await this.#ask('sign-in', signal, async (library, fetch) => {
      const configuration = this.#configuration(library, metadata, fetch);
      if (this.#keys !== undefined) library.setJwksCache(configuration, this.#keys);
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      const tokens = await library.authorizationCodeGrant(configuration, answer, checks);
      this.#keys = library.getJwksCache(configuration);
      const idToken = tokens.claims();
      if (idToken === undefined) throw new OpenIdFailure('untrusted', 'the provider gave no ID token');
      if (isEnough(idToken) || typeof metadata.userinfo_endpoint !== 'string') return { idToken, userInfo: undefined };
      return { idToken, userInfo: await library.fetchUserInfo(configuration, tokens.access_token, idToken.sub) };
    }).catch((error: unknown) => {
      if (!(error instanceof OpenIdFailure)) throw error;
      // Some providers quote the code in what they say of it.
      const code = answer.searchParams.get('code') ?? '';
      throw new OpenIdFailure(error.problem, redact(error.message, [code, verifier]));
    });
  }

  /** Where somebody signs out of the provider, too; undefined where it has no such page or was not asked yet. */
  async signOutAddress(redirect: string | undefined): Promise<URL | undefined> {
    const metadata = this.#known?.metadata;
    const page = parsedAddress(metadata?.end_session_endpoint ?? '');
    if (metadata === undefined || page === undefined || !isSecure(page)) return undefined;
    const library = await import('openid-client');
    const back = redirect === undefined ? {} : { post_logout_redirect_uri: new URL('/console/sign-in', redirect).href };
    return library.buildEndSessionUrl(this.#configuration(library, metadata), back);
  }

  async #discover(library: Library, fetch: CustomFetch): Promise<ServerMetadata> {
    const { issuer, clientId } = this.plan;
    const insecure = issuer.startsWith('https:') ? [] : [library.allowInsecureRequests];
    const found = await library.discovery(new URL(issuer), clientId, undefined, library.None(), {
      [library.customFetch]: fetch,
      execute: insecure,
    });
    const metadata = found.serverMetadata();
    refuseUseless(metadata, issuer);
    return metadata;
  }

  /** One for each call: it has the connections and the deadline of that call. */
  #configuration(library: Library, metadata: ServerMetadata, fetch?: CustomFetch): Configuration {
    const { clientId, clientSecret, issuer } = this.plan;
    const client = { client_secret: clientSecret, [library.clockTolerance]: CLOCK_TOLERANCE };
    const configuration = new library.Configuration(
      metadata,
      clientId,
      client,
      authOf(library, metadata, clientSecret),
    );
    if (fetch !== undefined) configuration[library.customFetch] = fetch;
    if (!issuer.startsWith('https:')) library.allowInsecureRequests(configuration);
    // Otherwise what comes over TLS is believed unsigned (OpenID Connect Core 1.0, 3.1.3.7).
    library.enableNonRepudiationChecks(configuration);
    return configuration;
  }

  /** Sign-ins are rare: connections are opened for each, and nothing stays open between them. */
  async #ask<T>(
    step: OpenIdStep,
    signal: AbortSignal,
    work: (library: Library, fetch: CustomFetch) => Promise<T>,
  ): Promise<T> {
    const library = await import('openid-client');
    const connections = await openConnections(this.plan.http, (path) => path);
    try {
      return await work(library, fetchOver(connections, signal));
    } catch (error) {
      throw asOpenIdFailure(error, step, new URL(this.plan.issuer).host);
    } finally {
      await connections.close();
    }
  }
}

/** How the gateway shows its secret; what the standard presumes of a provider that says nothing comes first. */
function authOf(library: Library, metadata: ServerMetadata, secret: string): ClientAuth {
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const isBasic = methods.includes('client_secret_basic') || !methods.includes('client_secret_post');
  return isBasic ? library.ClientSecretBasic(secret) : library.ClientSecretPost(secret);
}

/** What of the document is looked through. */
const LISTS = [
  ...(['response_types_supported', 'grant_types_supported', 'token_endpoint_auth_methods_supported'] as const),
  ...(['scopes_supported', 'code_challenge_methods_supported'] as const),
];

/** @throws {OpenIdFailure} saying what the provider cannot do */
function refuseUseless(metadata: ServerMetadata, issuer: string): void {
  const misset = (words: string) => new OpenIdFailure('misset', words);
  // The library takes the issuer of many tenants for each of them.
  if (metadata.issuer.replace(/\/$/, '') !== issuer.replace(/\/$/, '')) {
    throw misset(
      `the provider calls itself by another issuer; write console.openid.issuer as its discovery document has it, of one tenant`,
    );
  }
  const { response_types_supported: types, grant_types_supported: grants } = metadata;
  for (const name of LISTS) {
    if (!Array.isArray(metadata[name] ?? []))
      throw misset(`${name} in the discovery document of the provider is no list`);
  }
  if (types?.includes('code') === false || grants?.includes('authorization_code') === false) {
    throw misset('the provider does not offer the authorization code flow; switch it on for the gateway there');
  }
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
    const url = parsedAddress(metadata[name] ?? '');
    if (url === undefined) throw misset(`the discovery document of the provider has no ${name}`);
    if (!isSecure(url)) throw misset(`${name} of the provider does not begin with https://`);
  }
}
