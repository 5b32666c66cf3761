/** Who somebody is by what the provider says, and which role that gives. */
import { CONSOLE_ROLES, type ConsolePlan, type ConsoleUser, type OpenIdPlan } from '../../../gateway/plan.ts';
import { type OpenIdIdentity, userNamed } from '../sessions.ts';
import { OpenIdFailure } from './failure.ts';
import type { ProviderWords } from './provider.ts';

type Claims = Readonly<Record<string, unknown>>;

/** As names of users; longer ones are nobody's. */
const LONGEST_NAME = 100;
/** Entra ID names two hundred at most; each is kept with the session. */
const MOST_GROUPS = 1_000;
const LONGEST_GROUP = 200;
/** What nobody sees, and blanks that only look like one: with them, somebody else would be called the same. */
const UNSEEN = /\p{C}|[^\S ]/u;

/** Which provider it was, and as which client of it: nobody stays signed in by another one. */
export function providerKey({ issuer, clientId }: OpenIdPlan): string {
  return JSON.stringify([issuer, clientId]);
}

/** Whether the claims alone say who somebody is and which groups there are. */
export function saysEnough(claims: Claims, plan: OpenIdPlan): boolean {
  return nameIn(claims, plan) !== undefined && (plan.roles === undefined || claims[plan.roles.claim] !== undefined);
}

/** @throws {OpenIdFailure} when there is no name, or there are too many groups */
export function identityOf({ idToken, userInfo = {} }: ProviderWords, plan: OpenIdPlan): OpenIdIdentity {
  // E-mail address and its mark must come from the same place.
  const name = nameIn(idToken, plan) ?? nameIn(userInfo, plan);
  if (name === undefined) {
    const wanted = plan.nameClaim ?? 'preferred_username, nor a verified email';
    const advice = 'write console.openid.nameClaim with a claim that it has, or ask for more scopes';
    throw new OpenIdFailure('nameless', `the provider tells no ${wanted}; ${advice}`);
  }
  const claim = plan.roles?.claim;
  const groups = claim === undefined ? [] : groupTexts(idToken[claim] ?? userInfo[claim]);
  if (groups.length > MOST_GROUPS) {
    const advice = 'let the provider send only those that are assigned to the gateway';
    throw new OpenIdFailure('groups', `${claim} has more than ${MOST_GROUPS} values; ${advice}`, name);
  }
  return { name, groups: groups.filter((group) => group.length <= LONGEST_GROUP), provider: providerKey(plan) };
}

/** The user with his role by the configuration in force; undefined for nobody who may look. */
export function userOf({ name, groups, provider }: OpenIdIdentity, plan: ConsolePlan): ConsoleUser | undefined {
  const { openid } = plan;
  if (openid === undefined || providerKey(openid) !== provider) return undefined;
  const listed = userNamed(name, plan);
  if (listed !== undefined) return listed;
  const role = CONSOLE_ROLES.findLast((one) => openid.roles?.values[one].some((value) => groups.includes(value)));
  return role && { name, role };
}

function nameIn(claims: Claims, { nameClaim }: OpenIdPlan): string | undefined {
  const wanted = nameClaim === undefined ? ['preferred_username', 'email'] : [nameClaim];
  for (const claim of wanted) {
    const value = claims[claim];
    // Anybody can write an address into his account that is not his. Some write the mark as a text.
    if (claim === 'email' && String(claims['email_verified']) !== 'true') continue;
    if (typeof value !== 'string') continue;
    const name = value.trim();
    if (name.length > 0 && name.length <= LONGEST_NAME && !UNSEEN.test(value)) return name;
  }
  return undefined;
}

/** A list of texts, or one text. */
function groupTexts(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === 'string');
}
