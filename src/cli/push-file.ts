/** `helpspot-gateway push-file NAME`: prints the PHP file through which HelpSpot pushes to a target. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { suggestion } from '../config/names.ts';
import { isLoopbackHost } from '../config/sections/server.ts';
import { UserError } from '../contract/index.ts';
import type { AccessKey, GatewayPlan } from '../gateway/plan.ts';
import {
  gatewayAddress,
  KEY_PLACEHOLDER,
  pushFileName,
  pushNameProblem,
  writePushFile,
} from '../helpspot/push-file.ts';
import { reachedAt } from '../http/addresses.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './text-width.ts';

/** The template, within this package. */
const TEMPLATE = 'samples/push/RequestPush-NAME.php';

/** A server that listens answers this fast, unless the line is broken. */
const CONNECT_SECONDS = 5;
/** What a large request takes on its way, on top of the gateway's own deadline. */
const TRANSFER_SECONDS = 10;

/** The key that is HelpSpot's, where its name says so. */
const USUAL_KEY = 'helpspot';

/**
 * Prints the file on standard output, and on standard error what to do with it.
 * @returns the exit status, 0
 * @throws {Misuse} without a name, or with an address that is none
 * @throws {UserError} for a target or a key that the configuration does not have
 */
export async function pushFile(line: CommandLine, terminal: Terminal): Promise<number> {
  const [name, extra] = [...line.arguments, ...line.rest];
  if (name === undefined) throw new Misuse('say for which push target: push-file NAME');
  if (extra !== undefined) throw new Misuse(`push-file takes one name, and no "${extra}"`);
  const problem = pushNameProblem(name);
  if (problem !== undefined) throw new UserError(`"${printable(name)}" cannot be a push target: ${problem}`);
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment);
  if (!plan.push.has(name)) {
    const targets = suggestion(name, [...plan.push.keys()], 'push targets');
    throw new UserError(`${plan.file} has no push target "${name}"; ${targets}`);
  }
  const gateway = addressOf(line.value('url'), plan);
  const key = keyOf(line.value('key-name'), plan);
  const withKey = line.has('with-key');
  const php = writePushFile(await readFile(join(terminal.packageRoot, TEMPLATE), 'utf8'), {
    name,
    gateway,
    key: key === undefined ? '' : withKey ? key.secret : KEY_PLACEHOLDER,
    connectSeconds: CONNECT_SECONDS,
    totalSeconds: plan.server.deadlineMs / 1000 + TRANSFER_SECONDS,
  });
  terminal.stdout.write(php);
  for (const sentence of advice(name, gateway, key, withKey)) terminal.stderr.write(`${sentence}\n`);
  return 0;
}

/** Where HelpSpot reaches the gateway. */
function addressOf(given: string | undefined, { server }: GatewayPlan): string {
  if (given !== undefined) {
    const address = gatewayAddress(given);
    if (address !== undefined) return address;
    throw new Misuse(
      '--url is no address of the gateway; write --url=https://gateway.example.com, without a key in it',
    );
  }
  return reachedAt(server);
}

/** @returns undefined when the gateway wants no key */
function keyOf(name: string | undefined, plan: GatewayPlan): AccessKey | undefined {
  const { keys } = plan.access;
  const names = keys.map((key) => key.name);
  const wanted = name ?? (names.length === 1 ? names[0] : USUAL_KEY);
  const key = keys.find((one) => one.name === wanted);
  if (key !== undefined || (keys.length === 0 && name === undefined)) return key;
  if (name === undefined) throw new Misuse(`say which key HelpSpot shows: --key-name=NAME (${names.join(', ')})`);
  throw new UserError(`access.keys in ${plan.file} has no "${printable(name)}"; ${suggestion(name, names, 'keys')}`);
}

function* advice(name: string, gateway: string, key: AccessKey | undefined, withKey: boolean): Generator<string> {
  const file = pushFileName(name);
  yield `Save this as custom_code/${file} in HelpSpot's folder.`;
  if (key !== undefined && withKey) {
    yield 'It holds the key: let only the account of the web server read it.';
  } else if (key !== undefined) {
    yield `Put the secret of the key "${key.name}" in place of ${KEY_PLACEHOLDER}, or print the file with --with-key.`;
  }
  const { protocol, hostname } = new URL(gateway);
  if (protocol === 'http:' && !isLoopbackHost(hostname.replace(/^\[|\]$/g, ''))) {
    yield 'The address is http: requests and the key go over the network in the clear. See docs/tls.md for https.';
  }
}
