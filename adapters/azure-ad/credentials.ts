/** Access tokens for Microsoft Graph, by the ways to sign in that @azure/identity knows, on connections of ours. */
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ClientSecretCredentialOptions, TokenCredential } from '@azure/identity';
import { SourceError, UserError } from '../../src/contract/index.ts';
import { isThrottled, retryAfterMs, slowDown, type Token } from '../../src/kit/http/index.ts';
import { asConnectionFailure, asTokenRefusal } from './failures.ts';
import { identityClient } from './identity-client.ts';
import type { Wire } from './wire.ts';

/** How a source signs in. */
export type SignIn =
  | { readonly kind: 'secret'; readonly tenantId: string; readonly clientId: string; readonly clientSecret: string }
  | {
      readonly kind: 'certificate';
      readonly tenantId: string;
      readonly clientId: string;
      /** Absolute path of a PEM file with the certificate and its key. */
      readonly file: string;
      readonly password: string | undefined;
    }
  | { readonly kind: 'managed-identity'; readonly clientId: string | undefined }
  | { readonly kind: 'default'; readonly tenantId: string | undefined; readonly clientId: string | undefined };

/** What is seen of one fetching of a token, for the words of a failure. Never a secret or a token. */
export interface TokenExchange {
  readonly signal: AbortSignal;
  /** The last answer that was not what was asked for. */
  answer?: { readonly status: number; readonly retryAfter: string | undefined; readonly description: string };
  /** The last request without an answer. */
  failed?: { readonly error: unknown; readonly url: string };
}

/** Makes a credential that tells `exchange` what happens. */
export type OpenCredential = (exchange: TokenExchange) => Promise<TokenCredential>;

type Library = typeof import('@azure/identity');
type Policy = NonNullable<ClientSecretCredentialOptions['additionalPolicies']>[number]['policy'];

/** Credentials for a way to sign in. `authority` is an address without a path. */
export function credentialsOf(library: Library, signIn: SignIn, authority: string, wire: Wire): OpenCredential {
  return async (exchange) => {
    const options: ClientSecretCredentialOptions = {
      authorityHost: authority,
      // The administrator has named the authority; to ask the public cloud about it fails in a cloud of one's own.
      disableInstanceDiscovery: true,
      retryOptions: { maxRetries: 0 },
      httpClient: identityClient(wire),
      additionalPolicies: [{ policy: observed(exchange), position: 'perRetry' }],
    };
    switch (signIn.kind) {
      case 'secret':
        return new library.ClientSecretCredential(signIn.tenantId, signIn.clientId, signIn.clientSecret, options);
      case 'certificate':
        return await certificateCredential(library, signIn, options);
      case 'managed-identity': {
        const { clientId } = signIn;
        const own = { retryOptions: { maxRetries: 0 } };
        return new library.ManagedIdentityCredential(clientId === undefined ? own : { ...own, clientId });
      }
      case 'default': {
        const { tenantId, clientId } = signIn;
        return new library.DefaultAzureCredential({
          ...options,
          ...(tenantId === undefined ? {} : { tenantId }),
          ...(clientId === undefined ? {} : { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
        });
      }
    }
  };
}

/** Our limit, and notes of what went wrong: the library keeps only a text of it. */
function observed(exchange: TokenExchange): Policy {
  return {
    name: 'gateway',
    async sendRequest(request, next) {
      const { abortSignal } = request;
      request.abortSignal =
        abortSignal instanceof AbortSignal ? AbortSignal.any([abortSignal, exchange.signal]) : exchange.signal;
      try {
        const response = await next(request);
        if (response.status !== 200 || !isExpected(response.bodyAsText)) {
          exchange.answer = {
            status: response.status,
            retryAfter: response.headers.get('retry-after'),
            description: descriptionOf(response.bodyAsText),
          };
        }
        return response;
      } catch (error) {
        exchange.failed = { error, url: request.url };
        throw error;
      }
    },
  };
}

/** A token, or the description of the tenant that says where tokens are. */
function isExpected(body: string | null | undefined): boolean {
  const answer = parsed(body) ?? {};
  return 'access_token' in answer || 'token_endpoint' in answer;
}

function descriptionOf(body: string | null | undefined): string {
  const answer = parsed(body);
  const description = answer === undefined ? undefined : Reflect.get(answer, 'error_description');
  return typeof description === 'string' ? description : '';
}

function parsed(body: string | null | undefined): object | undefined {
  try {
    const answer: unknown = JSON.parse(body ?? '');
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** What staff read of a file of ours that is wrong: Microsoft refused nothing. */
const NOT_SET_UP = 'is not set up correctly; tell your administrator';

async function certificateCredential(
  library: Library,
  { tenantId, clientId, file, password }: Extract<SignIn, { kind: 'certificate' }>,
  options: ClientSecretCredentialOptions,
): Promise<TokenCredential> {
  const certificate = await readPem(file);
  for (const part of ['CERTIFICATE', 'PRIVATE KEY']) {
    if (certificate.includes(`${part}-----`)) continue;
    throw new SourceError('rejected', `${file} has no "${part}"`, {
      remedy: 'put the certificate and its private key into one PEM file: cat app.crt app.key > app.pem',
      staffWords: NOT_SET_UP,
    });
  }
  const secret = password === undefined ? { certificate } : { certificate, certificatePassword: password };
  checkKey(certificate, file, password);
  return new library.ClientCertificateCredential(tenantId, clientId, secret, options);
}

/** From its first line to its last; '' for none. */
function privateKeyIn(pem: string): string {
  const begin = pem.search(/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/);
  const rest = begin === -1 ? '' : pem.slice(begin);
  const last = /-----END [A-Z ]{0,40}PRIVATE KEY-----/.exec(rest);
  return last === null ? '' : rest.slice(0, last.index + last[0].length);
}

function checkKey(certificate: string, file: string, password: string | undefined): void {
  const key = privateKeyIn(certificate);
  try {
    createPrivateKey(password === undefined ? key : { key, passphrase: password });
  } catch {
    throw new SourceError('rejected', `the private key in ${file} cannot be read`, {
      remedy: password === undefined ? 'if it is encrypted, write certificatePassword' : 'check certificatePassword',
      staffWords: NOT_SET_UP,
    });
  }
}

/** @throws {SourceError} naming the file */
export async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new SourceError('rejected', `${file} cannot be read`, {
      cause: error,
      remedy: 'write the path relative to the configuration file, and let the account of the gateway read the file',
      staffWords: NOT_SET_UP,
    });
  }
}

/** In messages. */
export const WHO = 'Microsoft Entra ID';
/** Fetches a token. @throws {SourceError | UserError} */
export async function fetchToken(open: OpenCredential, scope: string, signal: AbortSignal): Promise<Token> {
  const exchange: TokenExchange = { signal };
  try {
    // A new credential each time: the library's own caches of tokens and failures would stand in the way of recovery.
    const credential = await open(exchange);
    const token = await credential.getToken(scope);
    if (token === null) throw new SourceError('unauthorized', `${WHO} gave no token`);
    return { text: token.token, lifetimeMs: token.expiresOnTimestamp - Date.now() };
  } catch (error) {
    throw asTokenFailure(error, exchange);
  }
}

/** What the library threw tells less than what was seen on the way. */
function asTokenFailure(error: unknown, exchange: TokenExchange): unknown {
  if (error instanceof SourceError || error instanceof UserError || exchange.signal.aborted) return error;
  const { failed, answer } = exchange;
  if (failed !== undefined) return asConnectionFailure(failed.error, failed.url);
  const refusal = asTokenRefusal(answer?.description ?? '');
  if (refusal !== undefined) return refusal;
  const wait = retryAfterMs(answer?.retryAfter);
  if (answer !== undefined && isThrottled(answer.status, wait)) return slowDown(WHO, wait);
  if (answer !== undefined && answer.status >= 500) {
    return new SourceError('unreachable', `${WHO} answered ${answer.status}`, {
      remedy: 'see https://status.cloud.microsoft',
    });
  }
  if (answer !== undefined) {
    return new SourceError('bad-response', `${WHO} gave an answer without a token (status ${answer.status})`, {
      remedy: 'check authority: https://login.microsoftonline.com unless you use a national cloud',
    });
  }
  // Nothing was sent: a managed identity or a chain of credentials that is not there.
  const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return new SourceError('unauthorized', `no credentials for ${WHO}: ${words}`, {
    remedy: 'check that this machine has the managed identity, or write clientSecret or certificate',
  });
}
