/** A call that was tried, as somebody else would make it. Keys are named, not written. */
import { type ComponentChild, h } from 'preact';
import type { Parameters } from '../../../../helpspot/parameters.ts';
import { addressesOf, type PastedAddress } from '../../../addresses.ts';
import { section } from '../../page.ts';
import type { Visit } from '../../visit.ts';

/** The call as curl and as PHP, as HelpSpot makes it: with GET, and every value percent-encoded. */
export function sameCall(
  kind: PastedAddress['kind'],
  name: string,
  parameters: Parameters,
  { gateway: { plan }, outside, texts }: Visit,
): ComponentChild {
  const found = addressesOf(outside, plan).find((one) => one.kind === kind && one.name === name);
  if (found === undefined) return undefined;
  const { address } = found;
  return section(
    texts.sameCall,
    h('p', null, texts.addressesNote),
    h('h3', null, 'curl'),
    h('pre', { tabIndex: 0 }, asCurl(address, parameters)),
    h('h3', null, 'PHP'),
    h('pre', { tabIndex: 0 }, asPhp(address, parameters)),
  );
}

/** A command for a shell (POSIX, 2.2.2: nothing is special between single quotes). */
export function asCurl(address: string, parameters: Parameters): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `  --data-urlencode ${inShell(`${name}=${value}`)}`);
  return [`curl --get ${inShell(address)}`, ...pairs].join(' \\\n');
}

function inShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A PHP file (manual of PHP, "Strings": a single-quoted one knows `\'` and `\\` only). */
export function asPhp(address: string, parameters: Parameters): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `    ${inPhp(name)} => ${inPhp(value)},`);
  const query = ['http_build_query([', ...pairs, '])'].join('\n');
  return `<?php\necho file_get_contents(${inPhp(`${address}?`)} . ${query});`;
}

function inPhp(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
