/** Mail addresses, as far as a help desk meets them: no quoted local parts, no comments, no address literals (RFC 5321, 4.1.2). */

/** RFC 5321, 4.5.3.1.3: a path has 256 characters with its brackets. */
const MOST = 254;

const ADDRESS = /^[^\s\p{Cc}<>()[\]\\,;:"@]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u;

/** Whether a text is one plain mail address, and nothing else that a header could be made of. */
export function isAddress(text: string): boolean {
  return text.length <= MOST && ADDRESS.test(text);
}
