/**
 * The token endpoint of Microsoft Entra ID for the client credentials grant, with a secret or a certificate.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
import { constants, createHash, randomBytes, timingSafeEqual, verify, X509Certificate } from 'node:crypto';

/** An application that is registered in the tenant. */
export interface Registration {
  readonly tenantId: string;
  readonly clientId: string;
  /** Secrets and whether each has expired. */
  readonly secrets: Map<string, { readonly isExpired: boolean }>;
  /** PEM certificates. */
  readonly certificates: string[];
  /** Whether an administrator has consented to User.Read.All. */
  hasPermission: boolean;
  /** Of tokens that are issued from now on, in seconds. */
  tokenLifetime: number;
}

/** What the endpoint answers. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: object;
}

/** Tokens that were issued, and until when they are good (Unix milliseconds). */
export type IssuedTokens = Map<string, number>;

/** A refusal: https://learn.microsoft.com/entra/identity-platform/reference-error-codes#handling-error-codes-in-your-application */
function refusal(status: number, error: string, code: number, description: string): TokenAnswer {
  const trace = crypto.randomUUID();
  const correlation = crypto.randomUUID();
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${description} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  };
}

/** Every address begins with the tenant. */
export function unknownTenant(tenant: string): TokenAnswer {
  const what = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`;
  return refusal(400, 'invalid_tenant', 90002, what);
}

/** `/.well-known/openid-configuration`, as much of it as clients read. */
export function openidConfiguration(origin: string, tenant: string): object {
  return {
    token_endpoint: tokenEndpoint(origin, tenant),
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
    authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${origin}/${tenant}/oauth2/v2.0/logout`,
    issuer: `${origin}/${tenant}/v2.0`,
    response_types_supported: ['code', 'id_token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

function tokenEndpoint(origin: string, tenant: string): string {
  return `${origin}/${tenant}/oauth2/v2.0/token`;
}

/** Answers a form that was posted to the endpoint, and notes the token that it issues. */
export function issueToken(
  registration: Registration,
  origin: string,
  form: URLSearchParams,
  issued: IssuedTokens,
): TokenAnswer {
  const { clientId } = registration;
  if (form.get('grant_type') !== 'client_credentials') {
    return refusal(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  }
  if (form.get('client_id') !== clientId) {
    const what = `Application with identifier '${form.get('client_id')}' was not found in the directory 'Contoso'.`;
    return refusal(400, 'unauthorized_client', 700016, what);
  }
  if (!(form.get('scope') ?? '').split(' ').includes(`${origin}/.default`)) {
    const what = `The provided value for scope ${form.get('scope')} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`;
    return refusal(400, 'invalid_scope', 1002012, what);
  }
  const assertion = form.get('client_assertion');
  const problem =
    assertion === null
      ? secretProblem(registration, form.get('client_secret'))
      : assertionProblem(registration, assertion, origin);
  return problem ?? grant(registration, issued);
}

function secretProblem({ secrets, clientId }: Registration, given: string | null): TokenAnswer | undefined {
  if (given === null) {
    const what = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    return refusal(401, 'invalid_client', 7000218, what);
  }
  const known = [...secrets].find(([secret]) => same(secret, given))?.[1];
  if (known === undefined) {
    const what = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`;
    return refusal(401, 'invalid_client', 7000215, what);
  }
  if (!known.isExpired) return undefined;
  const what = `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`;
  return refusal(401, 'invalid_client', 7000222, what);
}

/** https://learn.microsoft.com/entra/identity-platform/certificate-credentials#assertion-format */
function assertionProblem(registration: Registration, assertion: string, origin: string): TokenAnswer | undefined {
  const failed = (reason: string) =>
    refusal(
      401,
      'invalid_client',
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - ${reason}]`,
    );
  const [head = '', claims = '', signature = ''] = assertion.split('.');
  const header = decoded(head);
  const body = decoded(claims);
  const certificate = registration.certificates
    .map((pem) => new X509Certificate(pem))
    .find((one) => isThumbprintOf(one, header));
  if (certificate === undefined) return failed('The key was not found.');
  const isPss = header['alg'] === 'PS256';
  if (!isPss && header['alg'] !== 'RS256') return failed('The algorithm is not supported.');
  const padding = isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const key = { key: certificate.publicKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const isGenuine = verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'));
  if (!isGenuine) return failed('The key used is incorrect.');
  const { tenantId, clientId } = registration;
  if (body['iss'] !== clientId || body['sub'] !== clientId) return failed('Issuer and subject must be the client.');
  if (body['aud'] !== tokenEndpoint(origin, tenantId) && body['aud'] !== `${origin}/${tenantId}/v2.0`) {
    return refusal(401, 'invalid_client', 700023, 'Client assertion audience claim does not match Realm issuer.');
  }
  const isCurrent = Number(body['exp']) * 1000 > Date.now() && typeof body['jti'] === 'string';
  return isCurrent
    ? undefined
    : refusal(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.');
}

function isThumbprintOf(certificate: X509Certificate, header: Readonly<Record<string, unknown>>): boolean {
  const digest = (algorithm: string) => createHash(algorithm).update(certificate.raw).digest('base64url');
  return header['x5t#S256'] === digest('sha256') || header['x5t'] === digest('sha1');
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function grant(registration: Registration, issued: IssuedTokens): TokenAnswer {
  const { tokenLifetime } = registration;
  const token = newToken(registration, issued);
  return {
    status: 200,
    body: { token_type: 'Bearer', expires_in: tokenLifetime, ext_expires_in: tokenLifetime, access_token: token },
  };
}

/** A new token, which is noted as issued. */
export function newToken({ tokenLifetime }: Registration, issued: IssuedTokens): string {
  const token = `eyJ0eXAiOiJKV1QifQ.${randomBytes(60).toString('base64url')}.${randomBytes(60).toString('base64url')}`;
  issued.set(token, Date.now() + tokenLifetime * 1000);
  return token;
}

function same(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
