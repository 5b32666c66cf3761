/** FogBugz says no in the body of an answer; a proxy or a sign-in page says it otherwise. */
import { SourceError, type SourceErrorKind } from '../../src/contract/index.ts';
import { asSentElsewhere, elsewhere, type HttpAnswer, oneLine, REDIRECTS } from '../../src/kit/http/index.ts';

/** "You are not logged on." */
const NOT_LOGGED_ON = '3';
/** "The case could not be found." */
const NO_SUCH_CASE = '5';

// https://support.fogbugz.com/hc/en-us/articles/360011330853 has 1 and 2; the list ends the XML API's documentation
// (http://help.fogcreek.com/8202/xml-api). What is not here was understood and refused.
const KINDS: Readonly<Record<string, SourceErrorKind>> = {
  // The database is down, or waits for an upgrade.
  '0': 'unreachable',
  '1': 'unauthorized',
  '2': 'unauthorized',
  [NOT_LOGGED_ON]: 'unauthorized',
  // Not permitted; no project that the account may write to; not enough permissions.
  '6': 'unauthorized',
  '8': 'unauthorized',
  '13': 'unauthorized',
};

const REMEDIES: Readonly<Record<string, string>> = {
  '1': 'check email and password of the source; an account with two-factor login needs a token instead',
  [NOT_LOGGED_ON]: 'make a new API token and write it as token of the source',
  '8': 'let the account of the source write to a project',
  '13': 'let the account of the source write to the project',
};

/** The statuses that come with an error of FogBugz in the body, or that a sign-in page is behind. */
export const READ_STATUSES = [...REDIRECTS, 400, 401, 403, 500] as const;

/** FogBugz understood a command and said no. Nothing was done. */
export class Refusal extends SourceError {
  readonly code: string;

  /**
   * @param cmd the command
   * @param code FogBugz's number of the error
   * @param words FogBugz's own, fit for a message
   * @param people of an ambiguous logon: the full names to choose from
   */
  constructor(cmd: string, code: string, words: string, people: readonly string[] = []) {
    const remedy =
      people.length === 0
        ? REMEDIES[code]
        : `write one of these as email of the source: ${people.slice(0, 10).join(', ')}`;
    super(
      KINDS[code] ?? 'rejected',
      `FogBugz refused "${cmd}" (error ${code.slice(0, 10)})${words === '' ? '' : `: ${words}`}`,
      { unsent: true, said: words, ...(remedy === undefined ? {} : { remedy: oneLine(remedy) }) },
    );
    this.code = code;
  }

  get isNotLoggedOn(): boolean {
    return this.code === NOT_LOGGED_ON;
  }

  get isNoSuchCase(): boolean {
    return this.code === NO_SUCH_CASE;
  }
}

/** What an answer with one of {@link READ_STATUSES} means that has no error of FogBugz in its body. */
export function statusFailure(answer: HttpAnswer, cmd: string): SourceError {
  const { status } = answer;
  const said = `FogBugz answered ${status} to "${cmd}"`;
  if (status < 400) return asSentElsewhere(answer, elsewhere(said, 'FogBugz'));
  if (status === 401 || status === 403) {
    return new SourceError('unauthorized', said, { remedy: 'check the credentials of the source' });
  }
  return new SourceError(status === 400 ? 'rejected' : 'bad-response', said);
}

/** An answer that is not what the documentation promises. */
export function unexpected(cmd: string, what: string): SourceError {
  return new SourceError('bad-response', `FogBugz answered "${cmd}" ${what}`, {
    remedy: 'check the address of the source, and that it is the one of FogBugz itself',
  });
}
