/** What Jira's refusals mean, in its own words. */
import { SourceError } from '../../src/contract/index.ts';
import { asSentElsewhere, type HttpAnswer, jsonOrNothing, REDIRECTS, told } from '../../src/kit/http/index.ts';
import type { Settings } from './settings.ts';

/** Statuses that have a meaning of their own here. A redirect is to a sign-in page, or to another address. */
export const STATUSES = [...REDIRECTS, 400, 401, 403, 404, 413] as const;

/** One of {@link STATUSES} came. */
export function asRefusal(answer: HttpAnswer, settings: Settings): SourceError {
  const { status, words } = answer;
  const said = `Jira answered ${status}${told(answer)}`;
  switch (status) {
    case 400:
      return new SourceError('rejected', said, { said: words, remedy: remedyFor(words) });
    case 401:
    case 403:
      return new SourceError('unauthorized', said, { remedy: loginRemedy(answer, settings) });
    case 404:
      return new SourceError('rejected', said, {
        said: words,
        remedy: 'check url and edition; what the account may not see is a 404 too',
      });
    case 413:
      return new SourceError('rejected', `${said}; it is too large for Jira`, { said: words });
    default:
      return asSentElsewhere(answer, {
        base: settings.url,
        signIn: {
          message: `Jira sends us to a sign-in page (${status})`,
          remedy: 'a proxy or single sign-on stands before Jira: let /rest/api pass with tokens',
        },
        // A redirect of a POST was not done.
        moved: (origin) =>
          new SourceError('rejected', `Jira sends us to ${origin} (${status})`, {
            remedy: 'write that address as url',
          }),
      });
  }
}

const ACCOUNT: Readonly<Record<Settings['edition'], string>> = {
  cloud: 'check user, which is an e-mail address, and token: Jira Cloud takes API tokens and no passwords',
  'data-center': 'check token, or user and password',
};

/** https://developer.atlassian.com/server/jira/platform/basic-authentication/: after wrong passwords, only a browser gets in. */
function loginRemedy(answer: HttpAnswer, { edition }: Settings): string {
  const reason = `${answer.header('x-seraph-loginreason') ?? ''} ${answer.header('x-authentication-denied-reason') ?? ''}`;
  if (/CAPTCHA|AUTHENTICATION_DENIED/i.test(reason)) {
    return 'sign in to Jira once in a browser with this account: after failed logins it asks for a CAPTCHA';
  }
  return answer.status === 401
    ? ACCOUNT[edition]
    : 'give the account the permissions Browse projects and Create issues';
}

function remedyFor(words: string): string | undefined {
  const labels = `; ${words}`.indexOf('; labels: ');
  if (labels !== -1 && words.includes('cannot be set', labels)) {
    return 'put Labels on the create screen of the issue type, or write reference: description';
  }
  if (/cannot be set/.test(words)) return 'put the field on the create screen of the issue type, or leave it out';
  if (/(^|; )project: /.test(words)) {
    return 'check project; a project in which the account may not make issues looks like one that is not there';
  }
  return /(^|; )issuetype: /.test(words) ? 'check issueType: the project has others' : undefined;
}

/** `{"errorMessages": ["…"], "errors": {"summary": "…"}}`; undefined when Jira says nothing. */
export function errorText(answer: HttpAnswer): string | undefined {
  const json = jsonOrNothing(answer);
  const messages: unknown = Reflect.get(Object(json), 'errorMessages');
  const errors: unknown = Reflect.get(Object(json), 'errors');
  const words = [
    ...(Array.isArray(messages) ? messages.filter((message) => typeof message === 'string') : []),
    ...Object.entries(Object(errors)).flatMap(([field, message]) =>
      typeof message === 'string' ? [`${field}: ${message}`] : [],
    ),
  ];
  return words.length === 0 ? undefined : words.join('; ');
}
