/**
 * What errors of Live Helper Chat mean. They are `{"error": true, "result": "…"}`, some with status 400 and some with 200, in
 * the language of the site but for those of rights (`lhc_web/modules/lhrestapi/` of its source).
 */
import { SourceError } from '../../src/contract/index.ts';
import { asSentElsewhere, elsewhere, type HttpAnswer, oneLine, REDIRECTS } from '../../src/kit/http/index.ts';

/** In messages. */
export const SYSTEM = 'Live Helper Chat';

/** 400 is its own; 401, 403, 404 and redirects come from what stands before it. */
export const OWN_STATUSES = [...REDIRECTS, 400, 401, 403, 404] as const;

const CREDENTIALS =
  'check user and key: the user is the account under which the key was made, and a password is taken only with the right lhrestapi,use_direct_logins';
const HEADER =
  'the web server keeps the header Authorization from PHP; add to .htaccess: "RewriteCond %{HTTP:Authorization} ^(.*)" and "RewriteRule .* - [e=HTTP_AUTHORIZATION:%1]"';

const OWN_LOG = 'look into the log of Live Helper Chat (cache/default.log)';

/** "`lhchat`, `use` is required", also with other quotes and in other languages. */
const RIGHT = /[`"'](lh[a-z]{1,30})[`"'],? {0,3}[`"']([a-z_]{1,40})[`"']/;

/** What it says of the credentials in English. */
const OF_CREDENTIALS = /header is missing|ip restrictions|authori[sz]|authenticat|password|user ?name|api key/i;

/** What it says of one chat, in English on every site. */
export const OF_ONE_CHAT = /could not be found|permission to read/i;

/** Live Helper Chat understood a call and said no. Nothing was done. */
export class Refusal extends SourceError {
  /** The right that is missing, `lhchat,use`; undefined where it is another reason. */
  readonly right: string | undefined;

  /**
   * @param call in messages: "chats"
   * @param words on one line, without secrets
   * @param isLetIn whether its credentials are known to be taken; left out: the words say so, or nobody knows
   */
  constructor(call: string, words: string, isLetIn = OF_ONE_CHAT.test(words)) {
    const [, module, name] = RIGHT.exec(words) ?? [];
    const right = module === undefined || name === undefined ? undefined : `${module},${name}`;
    const isOfQuestion = right === undefined && isLetIn;
    super(isOfQuestion ? 'rejected' : 'unauthorized', `${SYSTEM} refused ${call}${words === '' ? '' : `: ${words}`}`, {
      ...(words !== '' && { said: words }),
      remedy: isOfQuestion ? OWN_LOG : right === undefined ? remedyOf(words) : remedyOfRight(right),
    });
    this.right = right;
  }

  /** Whether it may be the credentials or anything else: in the language of the site, in words that are not known. */
  get isUnclear(): boolean {
    return this.kind === 'unauthorized' && this.right === undefined && !OF_CREDENTIALS.test(this.said ?? '');
  }
}

function remedyOfRight(right: string): string {
  if (right === 'lhrestapi,use_direct_logins') {
    return `write a REST API key instead of the password, or give the account the right ${right}`;
  }
  return `the account of the gateway lacks the right ${right}; add it to its role`;
}

function remedyOf(words: string): string {
  if (/header is missing/i.test(words)) return HEADER;
  if (/ip restrictions/i.test(words))
    return 'add the address of the gateway to the IP restrictions of the REST API key';
  return CREDENTIALS;
}

/** The header with the credentials does not arrive, whatever the language in which that was said. */
export function headerLost(refusal: Refusal): SourceError {
  return new SourceError('unauthorized', `${refusal.message} (the same as without any credentials)`, {
    ...(refusal.said !== undefined && { said: refusal.said }),
    remedy: HEADER,
  });
}

/**
 * What `error: true` means.
 * @param words what stands under `result`, on one line
 */
export function asRefusal(call: string, words: string): SourceError {
  // Its exceptions are given as they are, those of the database too: no matter of rights.
  if (!/^SQLSTATE\b/.test(words)) return new Refusal(call, words);
  return new SourceError('bad-response', `${SYSTEM} failed at ${call}: its database reports an error`, {
    remedy: OWN_LOG,
  });
}

/** An account that is not for all departments, and has none, is answered with the chats of everybody. */
export function noDepartment(): SourceError {
  return new SourceError(
    'unauthorized',
    `${SYSTEM} gives chats of departments that are not the account's: it has none`,
    {
      remedy: 'assign departments to the account of the gateway, or all of them',
    },
  );
}

/** One of {@link OWN_STATUSES} came, and no error of its own. */
export function asStatusRefusal(answer: HttpAnswer, call: string, url: string): SourceError {
  const { status } = answer;
  const said = `${SYSTEM} answered ${status} to ${call}`;
  if (status === 401 || status === 403) {
    return new SourceError('unauthorized', `${said}, and it is no error of its API`, {
      remedy: `${CREDENTIALS}; and that nothing before it asks for a password of its own`,
    });
  }
  if (status === 404) {
    return new SourceError('rejected', `there is no ${SYSTEM} at ${new URL(url).origin}: it answered 404 to ${call}`, {
      lasting: true,
      remedy: 'check url: with the folder, if there is one (lhc_web), and with index.php',
    });
  }
  if (status < 400) return asSentElsewhere(answer, { ...elsewhere(said, SYSTEM), base: url });
  return new SourceError('rejected', `${said} without saying why`, { remedy: 'check url' });
}

/** Of a page for people that came in the place of an answer. */
export const MISLED = 'check url, and that neither a proxy, a sign-in page nor an error page answers in its place';

/** What came is not what is documented. */
export function unexpected(what: string): SourceError {
  return new SourceError('bad-response', `${SYSTEM} answered ${what}`, {
    remedy: 'check url, and that this version of Live Helper Chat has this call',
  });
}

/** A text of its own as a message can have it. */
export function wordsOf(answer: HttpAnswer, result: unknown): string {
  return typeof result === 'string' ? oneLine(answer.quoted(result)) : '';
}
