/** What a mail server says no with, in the gateway's words. */
import { SourceError } from '../../src/contract/index.ts';

/** Where and when it happened. */
interface Circumstances {
  readonly where: string;
  readonly what: string;
  readonly signal: AbortSignal;
}

/** How much of the server's own words is told. */
const MOST_WORDS = 300;

/**
 * A failure of one step. What is certain not to have been taken is marked `unsent`: everything before the mail's text,
 * and every refusal with a code; a connection that ends after the text was sent leaves it open.
 */
export function failureOf(error: unknown, { where, what, signal }: Circumstances): unknown {
  const sending = what === 'sending the mail';
  if (signal.aborted) {
    return new SourceError('timeout', `${where} did not answer in time (${what})`, { unsent: !sending });
  }
  if (error instanceof SourceError) {
    return sending ? error : new SourceError(error.kind, `${error.message} (${what})`, { unsent: true });
  }
  if (!(error instanceof Error)) return error;
  const { code, command, response, responseCode } = partsOf(error);
  if (responseCode !== undefined && code !== 'ETLS')
    return refusal(`${where} refused (${what})`, words(response), responseCode, code);
  // What broke before the text was sent has its command; a broken connection has none that is telling.
  const unsent = !sending || !(command === undefined || command === 'DATA' || command === 'CONN');
  const problem = code === 'ETLS' || TLS_PROBLEM.test(error.message) ? 'TLS failed' : what;
  const message = `${where}: ${problem}: ${words(error.message)}`;
  return new SourceError('unreachable', message, { cause: error, unsent, remedy: remedyFor(problem, error.message) });
}

/** RFC 5321, 4.2.1: 4yz may be tried again, 5yz not. 530 and 535 are about the login (RFC 4954, 6). */
function refusal(what: string, said: string, responseCode: number, code: string): SourceError {
  const message = `${what}: ${said}`;
  if (responseCode === 530 || responseCode === 534 || responseCode === 535 || code === 'EAUTH') {
    const remedy = 'check user and password of the source; some servers want a password of their own for programs';
    return new SourceError('unauthorized', message, { remedy, unsent: true });
  }
  // 421, 450, 451, 452: busy, greylisted, full.
  return new SourceError(responseCode < 500 ? 'unreachable' : 'rejected', message, { said, unsent: true });
}

const TLS_PROBLEM = /certificate|\bSSL\b|\bTLS\b|wrong version number/i;

function remedyFor(problem: string, message: string): string | undefined {
  if (problem === 'TLS failed') {
    return (
      'name the authority of the server in tls.ca; a server that begins with TLS (port 465) needs security: tls, ' +
      'one that offers STARTTLS security: starttls'
    );
  }
  const isUnreachable = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ETIMEDOUT/.test(message);
  return isUnreachable ? 'check host and port of the source' : undefined;
}

function partsOf(error: Error) {
  const textAt = (name: string): string | undefined => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' ? value : undefined;
  };
  const responseCode: unknown = Reflect.get(error, 'responseCode');
  return {
    code: textAt('code') ?? '',
    command: textAt('command'),
    response: textAt('response') ?? error.message,
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
  };
}

function words(response: string): string {
  const line = response.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS)}…` : line;
}
