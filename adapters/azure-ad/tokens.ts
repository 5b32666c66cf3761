/** Access tokens for Microsoft Graph. */
import { SourceError, UserError } from '../../src/contract/index.ts';
import { isThrottled, retryAfterMs, slowDown, type Token } from '../../src/kit/http/index.ts';
import type { OpenCredential, TokenExchange } from './credentials.ts';
import { asConnectionFailure, asTokenRefusal } from './failures.ts';

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
