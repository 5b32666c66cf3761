/** Why nobody was signed in at the provider: for whoever wants to sign in, and in words for the log and `check`. */
import { DeadlineExceeded, SourceError, UserError } from '../../../contract/index.ts';
import { oneLine } from '../../../kit/http/index.ts';
import { codeOf, messageOf } from '../../../kit/text/index.ts';

/** The HTTP status of each reason. */
export const OPENID_STATUS = {
  /** The provider does not answer, or says that it cannot at this moment. */
  down: 503,
  /** The settings do not fit the provider. */
  misset: 502,
  /** The provider, or the person there, said no. */
  denied: 403,
  /** The sign-in is unknown, used or too old, or another browser's. */
  ended: 400,
  /** The provider does not take its own code any more. */
  stale: 400,
  /** What came is not what the provider would send to us. */
  untrusted: 502,
  /** It is too old, or from the future. */
  clock: 502,
  /** The provider tells no name that can be used. */
  nameless: 403,
  /** Neither a user nor a group gives the person a role. */
  roleless: 403,
  /** The person is in more groups than are read. */
  groups: 403,
  /** The gateway does not know its outside address. */
  elsewhere: 500,
} as const;

export type OpenIdProblem = keyof typeof OPENID_STATUS;

/** Nobody was signed in. The message is for administrators, and has neither tokens nor codes. */
export class OpenIdFailure extends Error {
  override readonly name = 'OpenIdFailure';
  readonly problem: OpenIdProblem;
  /** The name that the provider vouches for, where it came so far. */
  readonly person: string | undefined;

  constructor(problem: OpenIdProblem, message: string, person?: string) {
    super(message);
    this.problem = problem;
    this.person = person;
  }
}

/** What of the provider was asked: the same answer means another thing. */
export type OpenIdStep = 'discovery' | 'sign-in';

/**
 * What a failure of the library, or of the connection, means. What is none of these, a bug, stays as it is.
 * Codes: https://github.com/panva/openid-client/blob/main/docs/classes/ClientError.md
 */
/** @param host of the issuer, for the words */
export function asOpenIdFailure(error: unknown, step: OpenIdStep, host = 'the provider'): unknown {
  if (error instanceof OpenIdFailure) return error;
  const chain = causesOf(error);
  if (error instanceof UserError) return new OpenIdFailure('misset', error.message);
  const connection = chain.find((one) => one instanceof SourceError);
  if (connection !== undefined) return ofConnection(connection);
  if (chain.some((one) => one instanceof DeadlineExceeded)) {
    return new OpenIdFailure('down', 'the provider did not answer in time');
  }
  const meaning = MEANINGS[codeOf(error)] ?? (error instanceof TypeError ? unfitting : undefined);
  return meaning === undefined ? error : meaning(error, chain, step, host);
}

/** The error, and what it says was its cause, as far as those are errors or notes of the library. */
function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let one = error; typeof one === 'object' && one !== null && chain.length < 5; one = Reflect.get(one, 'cause')) {
    chain.push(one);
  }
  return chain;
}

function ofConnection({ kind, message, remedy }: SourceError): OpenIdFailure {
  const words = remedy === undefined ? message : `${message}; ${remedy.replace('at the source', 'at console.openid')}`;
  return new OpenIdFailure(kind === 'rejected' || kind === 'bad-response' ? 'misset' : 'down', words);
}

type Meaning = (error: unknown, chain: readonly unknown[], step: OpenIdStep, host: string) => OpenIdFailure;

const untrusted: Meaning = (_error, chain) => new OpenIdFailure('untrusted', wordsOf(chain));
const misset: Meaning = (_error, chain) => new OpenIdFailure('misset', wordsOf(chain));

/** JSON, but not what belongs there: in place of the discovery document, that of something else. */
const unfit: Meaning = (error, chain, step, host) =>
  step === 'sign-in'
    ? untrusted(error, chain, step, host)
    : new OpenIdFailure(
        'misset',
        `${host} answers, but at /.well-known/openid-configuration below the issuer there is no discovery document; check console.openid.issuer`,
      );

/** What came is of another type than its place. The words of the platform may quote it, tokens too. */
const unfitting: Meaning = (error, chain, step, host) =>
  step === 'sign-in'
    ? new OpenIdFailure('untrusted', 'the provider answered with a value that cannot stand where it stands')
    : unfit(error, chain, step, host);

/** No document, or one that is none. */
const unreadable: Meaning = (error, chain, step, host) => {
  const status = chain.map((one) => Reflect.get(Object(one), 'status')).find((one) => typeof one === 'number');
  if (status === 429 || (status !== undefined && status >= 500)) {
    return new OpenIdFailure('down', `the provider answered ${status}`);
  }
  const answer = status === undefined || status === 200 ? 'with what is no JSON' : String(status);
  if (step === 'sign-in') return new OpenIdFailure('untrusted', `the provider answered ${answer}`);
  if (status === undefined || status === 200) return unfit(error, chain, step, host);
  const where = 'at /.well-known/openid-configuration below the issuer';
  return new OpenIdFailure('misset', `${host} answers ${status} ${where}; check console.openid.issuer`);
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  OAUTH_AUTHORIZATION_RESPONSE_ERROR: refusedSignIn,
  OAUTH_RESPONSE_BODY_ERROR: refusedCode,
  OAUTH_WWW_AUTHENTICATE_CHALLENGE: (_error, _chain) =>
    new OpenIdFailure('misset', 'the provider refuses the gateway; check clientId and clientSecret of console.openid'),
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: (error, chain, step, host) =>
    step === 'sign-in'
      ? untrusted(error, chain, step, host)
      : new OpenIdFailure(
          'misset',
          'the provider calls itself by another issuer; write console.openid.issuer exactly as its discovery document has it',
        ),
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: (_error, chain) => {
    const claim = chain.map((one) => Reflect.get(Object(one), 'claim')).find((one) => typeof one === 'string');
    return new OpenIdFailure('untrusted', `the ID token is not for this sign-in (${claim ?? 'a claim'} is another)`);
  },
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: () =>
    new OpenIdFailure(
      'clock',
      'the ID token is too old or not yet valid; check the clocks of this machine and of the provider',
    ),
  OAUTH_KEY_SELECTION_FAILED: untrusted,
  OAUTH_INVALID_RESPONSE: unfit,
  OAUTH_INVALID_REQUEST: untrusted,
  OAUTH_PARSE_ERROR: unreadable,
  OAUTH_RESPONSE_IS_NOT_JSON: unreadable,
  OAUTH_RESPONSE_IS_NOT_CONFORM: unreadable,
  OAUTH_HTTP_REQUEST_FORBIDDEN: () =>
    new OpenIdFailure('misset', 'the provider names an address without https://, to which nothing is sent'),
  OAUTH_REQUEST_PROTOCOL_FORBIDDEN: misset,
  OAUTH_MISSING_SERVER_METADATA: misset,
  OAUTH_INVALID_SERVER_METADATA: misset,
  OAUTH_UNSUPPORTED_OPERATION: misset,
};

/** The library's own words, which quote nothing of what came. */
function wordsOf(chain: readonly unknown[]): string {
  const errors = chain.filter((one) => one instanceof Error);
  return oneLine(errors.map(messageOf).at(-1) ?? 'the answer of the provider cannot be used');
}

/** https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1, https://openid.net/specs/openid-connect-core-1_0.html#AuthError */
function refusedSignIn(error: unknown): OpenIdFailure {
  const { code, words } = errorOf(error);
  const message = `the provider refused the sign-in (${words})`;
  if (code === 'server_error' || code === 'temporarily_unavailable') return new OpenIdFailure('down', message);
  const isOurs = /^(?:invalid_|unauthorized_client|unsupported_|request_|registration_)/.test(code);
  return new OpenIdFailure(isOurs ? 'misset' : 'denied', message);
}

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
function refusedCode(error: unknown): OpenIdFailure {
  const { code, words } = errorOf(error);
  if (code === 'invalid_grant') return new OpenIdFailure('stale', `the provider takes its code no more (${words})`);
  const advice = /client/.test(code) ? '; check clientId and clientSecret of console.openid' : '';
  return new OpenIdFailure('misset', `the provider gives no token (${words})${advice}`);
}

/** The code and the words of an error of the protocol. */
function errorOf(error: unknown): { readonly code: string; readonly words: string } {
  const code = String(Reflect.get(Object(error), 'error'));
  const description: unknown = Reflect.get(Object(error), 'error_description');
  return { code, words: oneLine(typeof description === 'string' ? `${code}: ${description}` : code) };
}
