/** Who calls the API: a key, somebody who is signed in to the console, or anybody where there are no keys. */
import type { Request } from 'express';
import type { ChangeMaker } from '../../gateway/audit/change.ts';
import type { CallOptions } from '../../gateway/call.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { type ConsoleRole, mayDo } from '../../gateway/plan.ts';
import { callOf, callOptions } from '../call.ts';
import { COOKIE, cookiesOf, isFromElsewhere } from '../console/cookies.ts';
import { isOwnForm, type Session, type Sessions } from '../console/sessions.ts';
import { namedByProxy, userOfSession } from '../console/sign-in.ts';
import { Refusal } from '../refusal.ts';

/** What an operation asks of who calls it; `key`: any key, or none where the gateway has none; `anybody`: nothing. */
export type NeededRole = ConsoleRole | 'key' | 'anybody';

/** Somebody who calls. */
export type ApiCaller =
  | { readonly kind: 'key'; readonly name: string; readonly role: ConsoleRole | undefined }
  | { readonly kind: 'user'; readonly name: string; readonly role: ConsoleRole; readonly session: Session | undefined }
  /** `nobody`: there are keys, and none was shown; `anybody`: there are none. */
  | { readonly kind: 'anybody' | 'nobody' };

/** Where a form of the console has a field, a call has this header. */
export const CSRF_HEADER = 'X-CSRF-Token';

const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="helpspot-gateway"' };
const HOW = 'send a key that has one (access.keys, role) as "Authorization: Bearer KEY", or sign in to the console';

/** Who that is. */
export function apiCallerOf(req: Request, gateway: Gateway, sessions: Sessions): ApiCaller {
  const { keys, keyName } = callOf(req);
  if (keyName !== undefined) return { kind: 'key', name: keyName, role: keys.roleOf(keyName) };
  return userOf(req, gateway, sessions) ?? { kind: keys.open ? 'anybody' : 'nobody' };
}

function userOf(req: Request, { plan }: Gateway, sessions: Sessions): ApiCaller | undefined {
  // A page of elsewhere gets nothing with the cookie of who looks at it.
  if (plan.console === undefined || isFromElsewhere(req)) return undefined;
  const { [COOKIE]: token } = cookiesOf(req);
  const session = token === undefined ? undefined : sessions.of(token, plan.console);
  const named = namedByProxy(req, plan);
  if (typeof named === 'string') return undefined;
  const user = named ?? (session && userOfSession(session, plan.console));
  if (user === undefined) return undefined;
  const own = session?.name === user.name ? session : undefined;
  return { kind: 'user', name: user.name, role: user.role, session: own };
}

/**
 * Lets whoever has the role pass.
 * @param changes whether the call changes something: what a page of elsewhere could have sent is not taken
 * @throws {Refusal} 401 for who shows nothing, 403 for who may not
 */
export function refuseUnallowed(req: Request, caller: ApiCaller, needed: NeededRole, changes: boolean): void {
  if (needed === 'anybody') return;
  if (needed !== 'key') refuseKeyInAddress(req);
  if (caller.kind === 'nobody') {
    const words = needed === 'key' ? 'a key, and this call shows none' : `the role ${needed}, and this call shows none`;
    throw new Refusal(401, `The gateway wants ${words}; ${HOW}`, CHALLENGE);
  }
  if (needed !== 'key') refuseRole(caller, needed);
  if (changes && caller.kind === 'user') refuseForeign(req, caller.session);
}

/** Whether somebody has at least a role. */
export function hasRole(caller: ApiCaller, needed: ConsoleRole): boolean {
  return 'role' in caller && caller.role !== undefined && mayDo(caller.role, needed);
}

/** @throws {Refusal} 401, 403 */
export function refuseRole(caller: ApiCaller, needed: ConsoleRole): void {
  if (hasRole(caller, needed)) return;
  if (!('role' in caller)) {
    throw new Refusal(401, `This takes the role ${needed}, and the call shows none; ${HOW}`, CHALLENGE);
  }
  const { kind, name, role = 'none' } = caller;
  const where = kind === 'key' ? 'access.keys' : 'console.users';
  const who = kind === 'key' ? `The key ${name}` : name;
  throw new Refusal(403, `${who} may not do this: it takes the role ${needed}, and has ${role}; see ${where}`);
}

/** Addresses stand in the logs of proxies and in histories. @throws {Refusal} */
export function refuseKeyInAddress(req: Request): void {
  if (!callOf(req).keyInAddress) return;
  const words = 'A key in the address stands in the logs of others, so this part of the API takes none there';
  throw new Refusal(401, `${words}; send it as "Authorization: Bearer KEY"`, CHALLENGE);
}

function refuseForeign(req: Request, session: Session | undefined): void {
  if (session !== undefined && isOwnForm(session, req.get(CSRF_HEADER) ?? null)) return;
  const words = `A change by somebody who is signed in to the console needs the header ${CSRF_HEADER}`;
  throw new Refusal(403, `${words} (csrf of GET /api/caller); a key needs none`);
}

/** For the log and the audit: who asks. */
export function optionsOf(req: Request, caller: ApiCaller): CallOptions {
  return caller.kind === 'user' ? { via: 'console', caller: caller.name } : callOptions(callOf(req));
}

/** And who changes something. */
export function makerOf(caller: ApiCaller): ChangeMaker {
  if (!('name' in caller)) throw new Error('a change was let through without a role');
  return caller.kind === 'key' ? { key: caller.name, via: 'http' } : { user: caller.name, via: 'http' };
}
