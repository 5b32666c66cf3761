/** Answers that send us elsewhere. To a request that changes something they are a no: it is never sent on. */

/** The statuses with a `Location` to go to (RFC 9110, 15.4). */
export const REDIRECTS = [301, 302, 303, 307, 308] as const;

/** Whether a status is one of {@link REDIRECTS}. */
export function isRedirect(status: number): boolean {
  return REDIRECTS.some((one) => one === status);
}

/** Whether an address looks like that of a page where a person signs in. */
export function isSignInPage(location: string): boolean {
  return /log-?(?:on|in)|sign-?in|auth|sso|saml/i.test(location);
}
