/**
 * `${NAME}`, `${NAME:-default}`, `${file:PATH}` and `$${` in the texts of the configuration. Expanded after the YAML
 * was parsed, so that a value never becomes syntax.
 */
import { looksSecret } from './secrets.ts';

/** Where values come from. */
export interface ExpansionSources {
  /** The value of an environment variable; undefined when it is not set. */
  variable(name: string): string | undefined;
  /** What else may be the reason that a variable is not set: `.env … cannot be read by this user`. */
  readonly variablesTrouble?: string | undefined;
  /** The content of a secret file, or what is wrong with it. */
  file(path: string): { readonly text: string } | { readonly mistake: string };
}

/** A text after expansion. */
export interface Expansion {
  readonly text: string;
  /** What was expanded, as it may be shown: `${PORT}`, `${file:/run/secrets/ad}`. */
  readonly references: readonly string[];
  /** The values that came from outside the file: never shown. Defaults are not among them. */
  readonly values: readonly string[];
  /** What is wrong, with what to write instead. */
  readonly mistakes: readonly string[];
}

// An escaped `${`, a complete `${…}`, or a `${` without its brace.
const PART = /\$\$\{|\$\{([^}]*)(\}?)/g;
const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;
const FORMS = `write \${NAME}, \${NAME:-default} or \${file:PATH}; for a literal \${ write $\${`;

/** Whether a text has anything to expand. */
export function isExpandable(text: string): boolean {
  return text.includes('${');
}

/**
 * Expands all of a text; a part that is wrong becomes empty and is told in `mistakes`.
 * @param isSecret whether a default in the file would be a secret in clear
 */
export function expand(text: string, sources: ExpansionSources, isSecret = false): Expansion {
  const references: string[] = [];
  const values: string[] = [];
  const mistakes: string[] = [];
  const expanded = text.replace(PART, (whole, body: string, brace: string) => {
    if (whole === '$${') return '${';
    const part = brace === '' ? { mistake: `"\${" without its "}"; ${FORMS}` } : expandOne(body, sources, isSecret);
    if ('mistake' in part) {
      mistakes.push(part.mistake);
      return '';
    }
    references.push(part.reference);
    if (part.fromOutside) values.push(part.text);
    return part.text;
  });
  return { text: expanded, references, values, mistakes };
}

type Part =
  | { readonly text: string; readonly reference: string; readonly fromOutside: boolean }
  | { readonly mistake: string };

function expandOne(body: string, sources: ExpansionSources, isSecret: boolean): Part {
  if (body.startsWith('file:')) return expandFile(body.slice('file:'.length), sources);
  const [, name, fallback] = VARIABLE.exec(body) ?? [];
  if (name === undefined) return { mistake: `unknown form of \${…}; ${FORMS}` };
  const reference = `\${${name}}`;
  const value = sources.variable(name);
  if (value !== undefined && value !== '') return { text: value, reference, fromOutside: true };
  if (fallback !== undefined) return { text: fallback, reference, fromOutside: false };
  const state = value === undefined ? 'not set' : 'empty';
  const { variablesTrouble: trouble } = sources;
  if (trouble !== undefined) return { mistake: `the environment variable ${name} is ${state}, and ${trouble}` };
  const otherwise = isSecret || looksSecret(name) ? `write \${file:PATH}` : `give a default: \${${name}:-default}`;
  // One that is empty in the environment stays so, whatever the file says.
  const place = value === undefined ? ' there or in .env beside the configuration' : '';
  return { mistake: `the environment variable ${name} is ${state}; set it${place}, or ${otherwise}` };
}

function expandFile(path: string, sources: ExpansionSources): Part {
  if (path === '') return { mistake: `\${file:} names no file; write \${file:PATH}` };
  const content = sources.file(path);
  if ('mistake' in content) {
    const hint =
      content.mistake === 'does not exist' ? '; a relative path counts from the folder of the configuration' : '';
    return { mistake: `the file ${path} ${content.mistake}${hint}` };
  }
  // Editors and `echo` end a file with a newline that is not part of the secret.
  const text = content.text.replace(/\r?\n$/, '');
  if (text === '') return { mistake: `the file ${path} is empty; write the value into it` };
  return { text, reference: `\${file:${path}}`, fromOutside: true };
}
