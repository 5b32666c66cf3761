/** Signing in at the OpenID Connect provider: there and back. */
import type { Request } from 'express';
import type { ConsolePlan, ConsoleUser, GatewayPlan, OpenIdPlan } from '../../../gateway/plan.ts';
import { outsideAddress } from '../../../kit/text/index.ts';
import { callOf } from '../../call.ts';
import { Networks, plainAddress } from '../../networks.ts';
import { networkOf } from '../../rate-limit.ts';
import { consolePathOf } from '../answers.ts';
import { cookiesOf } from '../cookies.ts';
import type { OpenIdIdentity } from '../sessions.ts';
import { OpenIdFailure } from './failure.ts';
import { identityOf, providerKey, saysEnough, userOf } from './identity.ts';
import { PENDING_MINUTES, PendingSignIns } from './pending.ts';
import { OpenIdProvider } from './provider.ts';
import { isSecure } from './web.ts';

/** Where the provider sends the browser back to, and, behind it, where a sign-in begins. */
export const OPENID_PATH = '/console/sign-in/openid';

/** Binds a sign-in to the browser that began it. */
export const OPENID_COOKIE = 'helpspot_gateway_openid';
export const OPENID_COOKIE_SECONDS = PENDING_MINUTES * 60;

/** Codes of Entra ID have one or two thousand characters. */
const LONGEST_ANSWER = 16_000;

/** A sign-in that has begun: where the browser goes, and what its cookie must have. */
export interface BegunSignIn {
  readonly to: string;
  readonly cookie: string;
}

/** Somebody has signed in. */
export interface EndedSignIn {
  readonly user: ConsoleUser;
  readonly identity: OpenIdIdentity;
  /** A page of the console. */
  readonly to: string;
}

/** What is under way, and the provider of the configuration in force. */
export class OpenIdSignIn {
  readonly #pending = new PendingSignIns();
  #provider: OpenIdProvider | undefined;

  /** @throws {OpenIdFailure} why none can begin */
  async begin(req: Request, plan: GatewayPlan, openid: OpenIdPlan, signal: AbortSignal): Promise<BegunSignIn> {
    const redirect = redirectFor(req, plan);
    if (redirect === undefined) {
      throw new OpenIdFailure(
        'elsewhere',
        `no proxy of server.trustProxy says in X-Forwarded-Proto and X-Forwarded-Host how the gateway is reached; write console.openid.redirect: https://…${OPENID_PATH}`,
      );
    }
    const { address, query } = callOf(req);
    const { to, secrets } = await this.#providerOf(openid).begin(redirect, signal);
    const wanted = consolePathOf(new URLSearchParams(query.slice(0, LONGEST_ANSWER)).get('to') ?? undefined);
    const pending = { secrets, provider: providerKey(openid), redirect, to: wanted, address: networkOf(address) };
    return { to: to.href, cookie: this.#pending.add(pending, cookiesOf(req)[OPENID_COOKIE]) };
  }

  /** @throws {OpenIdFailure} why nobody is signed in */
  async end(req: Request, plan: ConsolePlan, openid: OpenIdPlan, signal: AbortSignal): Promise<EndedSignIn> {
    const { query } = callOf(req);
    if (query.length > LONGEST_ANSWER) throw new OpenIdFailure('untrusted', 'the answer in the address is too long');
    const state = new URLSearchParams(query).get('state') ?? '';
    const pending = this.#pending.take(state, cookiesOf(req)[OPENID_COOKIE]);
    if (pending === undefined || pending.provider !== providerKey(openid)) {
      throw new OpenIdFailure('ended', 'the sign-in is unknown, used, too old, or of another browser');
    }
    const answer = new URL(`${pending.redirect}?${query}`);
    const enough = (claims: Readonly<Record<string, unknown>>) => saysEnough(claims, openid);
    const words = await this.#providerOf(openid).end(answer, pending.secrets, enough, signal);
    const identity = identityOf(words, openid);
    const user = userOf(identity, plan);
    if (user === undefined) {
      const advice = 'write the name into console.users, or a group into console.openid.roles';
      throw new OpenIdFailure('roleless', `nobody gave this person a role; ${advice}`, identity.name);
    }
    return { user, identity, to: pending.to };
  }

  /** Where somebody signs out of the provider, too. */
  async signOutAddress(req: Request, plan: GatewayPlan): Promise<string | undefined> {
    const openid = plan.console?.openid;
    if (openid === undefined) return undefined;
    return (await this.#providerOf(openid).signOutAddress(redirectFor(req, plan)))?.href;
  }

  /** A provider is found out about again when the configuration was read again. */
  #providerOf(openid: OpenIdPlan): OpenIdProvider {
    if (this.#provider?.plan !== openid) this.#provider = new OpenIdProvider(openid);
    return this.#provider;
  }
}

/**
 * Where the provider sends the browser back to: as the configuration says, or a trusted proxy. What a caller writes into
 * `Host` is not believed, nor is a list in `X-Forwarded-Host`, whose first part may be a caller's.
 */
function redirectFor(req: Request, { server, console }: GatewayPlan): string | undefined {
  const redirect = console?.openid?.redirect;
  if (redirect !== undefined) return redirect;
  if (server.trustProxy.length === 0) return undefined;
  if (!new Networks(server.trustProxy).has(plainAddress(req.socket.remoteAddress ?? ''))) return undefined;
  const { 'x-forwarded-host': host, 'x-forwarded-proto': protocol } = req.headers;
  if (typeof host !== 'string' || typeof protocol !== 'string' || !/^[\w.:[\]-]{1,300}$/.test(host)) return undefined;
  const url = outsideAddress(`${protocol.trim().toLowerCase()}://${host}${OPENID_PATH}`);
  return url !== undefined && isSecure(url) && url.pathname === OPENID_PATH ? url.href : undefined;
}
