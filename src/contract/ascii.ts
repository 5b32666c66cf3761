/** Whether a text needs no normalisation: by far the most common case. */
export function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins there
  return /^[\x00-\x7f]*$/.test(text);
}
