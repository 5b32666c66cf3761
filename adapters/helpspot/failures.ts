/** What HelpSpot's errors mean: chapter 4.3 of its API manual, https://support.helpspot.com/index.php?pg=kb.page&id=162 */
import { SourceError, type SourceErrorKind } from '../../src/contract/index.ts';
import { asSentElsewhere, elsewhere, type HttpAnswer, oneLine, REDIRECTS } from '../../src/kit/http/index.ts';
import { type Data, valueAt } from '../../src/kit/web/index.ts';
import { asList, partsAt, scalarText, textAt, withoutRoot } from './answer.ts';

/** "Errors always return a 400"; 401, 403, 404 and redirects come from what stands before HelpSpot. */
export const OWN_STATUSES = [...REDIRECTS, 400, 401, 403, 404] as const;

/** "Required parameter ### not supplied" */
export const NOT_SUPPLIED = 101;
/** "Valid request ID required" */
export const NO_SUCH_REQUEST = 103;
/** "Request has been merged" */
export const MERGED = 208;

const NOT_SENT = 1;
const NOT_AUTHENTICATED = 2;
const TOO_MANY_LOGINS = 3;
const TRIAL_EXPIRED = 301;
const MAINTENANCE = 302;

/** "Please wait a minute and try again" */
const LOGIN_PAUSE_MS = 60_000;

/** One `<error>`. */
export interface ApiError {
  readonly id: number;
  /** On one line, without secrets. */
  readonly words: string;
}

interface Meaning {
  readonly kind: SourceErrorKind;
  readonly remedy?: string;
  readonly staffWords?: string;
  readonly retryAfterMs?: number;
  /** HelpSpot is not able to take anything: a push was certainly not done. */
  readonly unsent?: true;
  readonly lasting?: true;
}

const CREDENTIALS =
  'check token, or user and password: the token is made in the preferences of an active staff member; passwords are not taken where staff sign in through SAML';

/** The most telling first: of several errors it is what decides. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [NOT_SENT, { kind: 'unauthorized', remedy: 'let the web server pass the header Authorization on to HelpSpot' }],
  [NOT_AUTHENTICATED, { kind: 'unauthorized', remedy: CREDENTIALS }],
  [
    TOO_MANY_LOGINS,
    {
      kind: 'rate-limited',
      retryAfterMs: LOGIN_PAUSE_MS,
      unsent: true,
      remedy: `${CREDENTIALS}; another program may sign in with a wrong password from the same address`,
    },
  ],
  [
    MAINTENANCE,
    {
      kind: 'unreachable',
      unsent: true,
      staffWords: 'is in maintenance mode; try again later',
      remedy: 'end the maintenance mode in HelpSpot',
    },
  ],
  [
    TRIAL_EXPIRED,
    { kind: 'rejected', lasting: true, remedy: 'enter a licence in HelpSpot', staffWords: 'has no valid licence' },
  ],
]);

/** HelpSpot understood a call and said no. Nothing was done. */
export class Refusal extends SourceError {
  readonly ids: ReadonlySet<number>;

  /** @param method in messages: "private.request.get" */
  constructor(method: string, errors: readonly ApiError[]) {
    const ids = new Set(errors.map(({ id }) => id));
    const [, meaning]: readonly [number?, Meaning?] = [...MEANINGS].find(([id]) => ids.has(id)) ?? [];
    const words = oneLine([...new Set(errors.map(({ words }) => words))].filter((one) => one !== '').join('; '));
    const numbers = [...ids].map((id) => String(id).padStart(3, '0')).join(', ');
    const message = `HelpSpot refused ${method} (error ${numbers})${words === '' ? '' : `: ${words}`}`;
    const { kind, ...more } = meaning ?? { kind: 'rejected' as const };
    super(kind, message, { ...(meaning === undefined && { said: words }), ...more });
    this.ids = ids;
  }
}

/** Whether HelpSpot refused with one of these errors, and with no other. */
export function isRefusedAs(error: unknown, ...ids: readonly number[]): error is Refusal {
  return error instanceof Refusal && error.ids.size > 0 && [...error.ids].every((id) => ids.includes(id));
}

/** The errors in an answer; empty for none. */
export function errorsIn(data: Data, answer: HttpAnswer): readonly ApiError[] {
  const inner = withoutRoot(data, 'errors');
  const given = [
    ...asList(valueAt(inner, 'error')),
    ...(Array.isArray(inner) ? inner : []),
    ...partsAt(data, 'errors').filter((one) => valueAt(one, 'error') === undefined),
  ];
  return given.flatMap((error) => {
    const id = textAt(error, 'id');
    const isNumber = id !== undefined && /^\d{1,9}$/.test(id);
    return isNumber ? [{ id: Number(id), words: answer.quoted(textAt(error, 'description') ?? '') }] : [];
  });
}

/** `Private API not enabled`; undefined for an answer that is no such reply. */
export function replyIn(data: Data): string | undefined {
  const reply = scalarText(valueAt(data, 'reply'));
  return reply !== undefined && /not enabled/i.test(reply) ? reply : undefined;
}

/** The public or the private API is switched off. */
export function notEnabled(method: string, reply: string): SourceError {
  const which = method.startsWith('private.') ? 'Private API' : 'Public API';
  return new SourceError('rejected', `HelpSpot refused ${method}: ${oneLine(reply)}`, {
    lasting: true,
    said: oneLine(reply),
    staffWords: 'does not let the gateway in; tell your administrator',
    remedy: `check "${which}" in HelpSpot under Admin, Settings, Web Services API`,
  });
}

/** One of {@link OWN_STATUSES} came, and no error of HelpSpot's. */
export function asStatusRefusal(answer: HttpAnswer, method: string, url: string): SourceError {
  const { status } = answer;
  const said = `HelpSpot answered ${status} to ${method}`;
  if (status === 401 || status === 403) {
    return new SourceError('unauthorized', `${said}, and it is no error of its API`, {
      remedy: `${CREDENTIALS}; and that nothing before it asks for a password of its own`,
    });
  }
  if (status === 404) {
    return new SourceError('rejected', `there is no HelpSpot at ${withoutCall(url)}: it answered 404 to ${method}`, {
      lasting: true,
      remedy: 'check url: it is what stands before /admin where staff work, with the folder if there is one',
    });
  }
  if (status < 400) return asSentElsewhere(answer, { ...elsewhere(said, 'HelpSpot'), base: url });
  return new SourceError('rejected', `${said} without saying why`, { remedy: 'check url' });
}

/** Of a page for people that came in the place of an answer. */
export const MISLED = 'check url, and that neither a proxy, a sign-in page nor an error page answers in its place';

/** What came is not what the manual promises. */
export function unexpected(what: string): SourceError {
  return new SourceError('bad-response', `HelpSpot answered ${what}`, {
    remedy: 'check url, and that HelpSpot is of a version with this method',
  });
}

/** The address as the settings have it, with its folder. */
function withoutCall(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.replace(/\/api\/index\.php$/, '')}`.replace(/\/$/, '');
}
