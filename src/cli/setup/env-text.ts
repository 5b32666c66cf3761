/** Lines of `.env` that say exactly what they shall, to Node.js and to this gateway. */
import { parseEnv } from 'node:util';
import { ENV_FILE } from '../../config/env-file.ts';
import { UserError } from '../../contract/index.ts';

/** Every other value stands in quotes, whichever it has none of. */
const BARE = /^[\w.+/-]+$/;
const QUOTES = ["'", '"', '`'] as const;

/**
 * The text of the file with one variable more; what is there stays as it is.
 * @returns the text, and the name: another one where that name has another value already
 * @throws {UserError} for a value that such a file cannot hold
 */
export function withVariable(
  text: string,
  wanted: string,
  value: string,
): { readonly text: string; readonly name: string } {
  const known = parseEnv(text);
  let name = wanted;
  for (let number = 2; known[name] !== undefined && known[name] !== value; number += 1) name = `${wanted}_${number}`;
  if (known[name] === value) return { text, name };
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const forms = BARE.test(value) ? [value] : QUOTES.map((quote) => `${quote}${value}${quote}`);
  for (const form of forms) {
    const next = `${before}${name}=${form}\n`;
    const { [name]: read, ...others } = parseEnv(next);
    if (read === value && Object.keys(others).length === Object.keys(known).length) return { text: next, name };
  }
  throw new UserError(
    `${ENV_FILE} cannot hold this password (it has all kinds of quotes); write it into a file and name ` +
      `that in the configuration: \${file:PATH}`,
  );
}

/** The variable of a source's password: `crm-2` → `CRM_2_PASSWORD`. */
export function passwordVariable(source: string): string {
  const plain = source.toUpperCase().replaceAll('-', '_');
  return `${/^\d/.test(plain) ? `SOURCE_${plain}` : plain}_PASSWORD`;
}
