/**
 * The PHP file through which HelpSpot pushes to the gateway (manual, chapter
 * 2.2): `samples/push/RequestPush-NAME.php` with a name, an address and a key.
 */
import { parsedAddress } from './address.ts';
import { DETAILS_ELEMENTS } from './details-html.ts';

/** What goes into the file. */
export interface PushFileOptions {
  /** The push target, for which {@link pushNameProblem} knows no objection. */
  readonly name: string;
  /** The gateway's address as {@link gatewayAddress} gives it. */
  readonly gateway: string;
  /** The secret of a key; empty when the gateway wants none. */
  readonly key: string;
  /** Seconds until a connection must stand. */
  readonly connectSeconds: number;
  /** Seconds until the answer must be there. */
  readonly totalSeconds: number;
}

/** Stands in the file where the administrator puts the key; the file says so itself when it is still there. */
export const KEY_PLACEHOLDER = 'PASTE-THE-KEY-HERE';

/** `RequestPush-NAME.php`, the name under which HelpSpot finds it. */
export function pushFileName(name: string): string {
  return `RequestPush-${name}.php`;
}

const LONGEST_NAME = 64;

/**
 * Why HelpSpot or PHP could not take a name of a push target; undefined when they can. HelpSpot makes the class's name
 * from it (`RequestPush_NAME`).
 */
export function pushNameProblem(name: string): string | undefined {
  if (name === '') return 'the name is empty; write letters, digits and _';
  if (name.length > LONGEST_NAME) return `the name is longer than ${LONGEST_NAME} characters`;
  if (/^[A-Za-z0-9_-]+$/.test(name) && name.includes('-')) {
    const instead = name.replaceAll('-', '_');
    return `HelpSpot names a PHP class after it, and no class can have a dash in its name; write ${instead}`;
  }
  if (!/^[A-Za-z0-9_]+$/.test(name)) return 'HelpSpot and PHP take only letters (A to Z), digits and _ in it';
  // PHP's class names, and the file names of Windows, know no capitals.
  if (name.toLowerCase() === 'base') return 'RequestPush-base.php is the template that comes with HelpSpot';
  return undefined;
}

/**
 * The gateway's address in the form in which the file has it: `https://gateway.example.com:8787/prefix`.
 * @returns undefined for what is no address of a web server, or holds a password, a query or a fragment
 */
export function gatewayAddress(address: string): string | undefined {
  const url = parsedAddress(address);
  if (url === undefined) return undefined;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  let bare = url.href;
  while (bare.endsWith('/')) bare = bare.slice(0, -1);
  return bare;
}

/**
 * Fills the template. Every value becomes a PHP literal by {@link phpString}, so that none can be read as PHP.
 * @throws Error when the template lacks a place, or the name was not checked
 */
export function writePushFile(template: string, options: PushFileOptions): string {
  const problem = pushNameProblem(options.name);
  if (problem !== undefined) throw new Error(`not a name for a push file: ${problem}`);
  const literals: Readonly<Record<string, string>> = {
    gateway: phpString(options.gateway),
    key: phpString(options.key),
    connect: phpSeconds(options.connectSeconds),
    total: phpSeconds(options.totalSeconds),
    elements: phpString(DETAILS_ELEMENTS.join('|')),
  };
  const missing = Object.keys(literals).filter((place) => template.split(`'{{${place}}}'`).length !== 2);
  if (missing.length > 0) throw new Error(`the PHP template does not have one place each for ${missing.join(', ')}`);
  return template
    .replaceAll('NAME', options.name)
    .replace(/'\{\{(\w+)\}\}'/g, (_place, name: string) => literals[name] ?? "''");
}

/** A string of PHP in single quotes, in which only these two are special (https://www.php.net/manual/en/language.types.string.php). */
export function phpString(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function phpSeconds(seconds: number): string {
  return String(Math.max(1, Math.ceil(seconds)));
}
