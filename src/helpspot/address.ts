/** Addresses that other systems, and the people in them, wrote. */

/** What stands before the path. The URL standard takes blanks away wherever they are. */
const BLANKS = /[\t\n\r]/g;
const SERVER = /^[\0- ]*(?:https?:)?[/\\]*([^/\\?#]*)/i;
/** Names of servers end at 253 characters (RFC 1035); in front of it a user and a password may stand. */
const MAX_SERVER = 500;
/** RFC 9110, 4.1, asks servers to take 8,000; what is longer is nothing that a person or a list links to. */
const MAX_ADDRESS = 16_000;

/**
 * An address, read by the URL standard; undefined where it is none. In place of `URL.canParse`, which Node.js 20 gets wrong
 * for letters such as ü once the code that calls it has been compiled, and of `URL.parse`, which it has not.
 * @param base what a relative address is relative to
 */
export function parsedAddress(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/**
 * The same for an address from outside. Undefined also where it is longer, or names a server of a length, that none has:
 * reading a name in foreign letters takes time with the square of its length.
 */
export function outsideAddress(text: string, base?: string): URL | undefined {
  if (text.length > MAX_ADDRESS) return undefined;
  const server = SERVER.exec(text.replace(BLANKS, ''))?.[1] ?? '';
  return server.length > MAX_SERVER ? undefined : parsedAddress(text, base);
}
