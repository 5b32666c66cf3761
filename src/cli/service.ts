/** `helpspot-gateway service install`: the gateway as a service of systemd. */
import { stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { adapters } from '../../adapters/index.ts';
import { LIMITS } from '../config/defaults.ts';
import { ENV_FILE } from '../config/env-file.ts';
import { readTextFile } from '../config/files.ts';
import { isConfigurationNamed, loadConfiguration } from '../config/load.ts';
import { UserError } from '../contract/index.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { codeOf, messageOf } from '../kit/text/index.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import { SERVICE, systemdUnit } from './systemd-unit.ts';
import type { Terminal } from './terminal.ts';

const UNIT_FILE = `/etc/systemd/system/${SERVICE}.service`;
const STATE = `/var/lib/${SERVICE}`;
/** Where the unit lets the service write. */
const FOLDERS = [STATE, `/var/log/${SERVICE}`];

/**
 * Writes the unit, or prints it, and says what is left to do.
 * @param node what runs the gateway
 * @returns the exit status
 */
export async function service(line: CommandLine, terminal: Terminal, node = process.execPath): Promise<number> {
  const [word, ...more] = line.arguments;
  if (word !== 'install' || more.length > 0) throw new Misuse('write: service install');
  if (!isConfigurationNamed(line.value('config'), terminal.environment)) {
    // The embedded one has people who do not exist.
    throw new Misuse('say which configuration the service has; write --config=/etc/helpspot-gateway/gateway.yaml');
  }
  const user = line.value('user') ?? SERVICE;
  // What useradd takes; % and $ would mean something in a unit.
  if (!/^[a-z_][a-z0-9_-]{0,30}$/.test(user)) throw new Misuse('--user is no name of an account; write --user=NAME');
  const configuration = line.configuration();
  const plan = await planIfReadable(configuration, terminal);
  const packageRoot = resolve(terminal.packageRoot);
  const unit = systemdUnit({ user, node, packageRoot, configuration, port: plan?.server.port });
  if (line.has('print')) {
    terminal.stdout.write(unit);
  } else {
    await writeUnit(unit);
    terminal.stdout.write(`${UNIT_FILE} is written. Next:\n\n${nextSteps(user)}\n`);
  }
  const closed = await closedWords(user, configuration, packageRoot, node);
  for (const sentence of [...closed, ...misreadLines(dirname(configuration)), ...advice(plan)])
    terminal.stderr.write(`${sentence}\n`);
  return 0;
}

/**
 * What of `.env` systemd takes otherwise than Node.js, which reads it for the commands (systemd.exec(5), EnvironmentFile): a
 * password would be right for `check`, and wrong for the service.
 */
function misreadLines(folder: string): readonly string[] {
  const content = readTextFile(join(folder, ENV_FILE), LIMITS.secretFileBytes);
  if (!('text' in content)) return [];
  return content.text.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    const name = line.slice(0, Math.max(0, at)).trim();
    const value = line.slice(at + 1).trim();
    // What is no name may be a part of a password.
    if (!/^(?:export )?\w+$/.test(name)) return [];
    const isCommented = !/^['"]/.test(value) && value.includes(' #');
    if (!name.startsWith('export ') && !value.startsWith('`') && !isCommented) return [];
    const variable = name.replace(/^export /, '');
    return `${variable} in ${ENV_FILE} is another value for systemd, which knows no backticks, no "export" and no comment behind a value; write ${variable}='…', or name a file in the configuration: \${file:PATH}`;
  });
}

/** What the account would need and may not read: what lies in the home of root, above all. */
async function closedWords(
  user: string,
  configuration: string,
  packageRoot: string,
  node: string,
): Promise<readonly string[]> {
  const id = accountId(user);
  if (id === 0) return [];
  const needed = [
    ['the configuration', configuration, `copy its folder: cp -r ${dirname(configuration)} /etc/${SERVICE}`],
    ['the gateway', join(packageRoot, 'package.json'), `put its folder elsewhere: /opt/${SERVICE}`],
    ['Node.js', node, 'install it for all users'],
  ] as const;
  const sentences: string[] = [];
  for (const [what, file, remedy] of needed) {
    const closed = await closedOn(file, id);
    if (closed !== undefined)
      sentences.push(`${user} may not read ${what}, since ${closed} is closed to it; ${remedy}`);
  }
  return sentences;
}

/** The number of an account of this machine; undefined where it is not there yet. */
function accountId(user: string): number | undefined {
  const content = readTextFile('/etc/passwd', LIMITS.fileBytes);
  const lines = 'text' in content ? content.text.split('\n') : [];
  const id = lines.find((line) => line.startsWith(`${user}:`))?.split(':')[2];
  return id === undefined ? undefined : Number(id);
}

/** The first on the way to a file that is for another owner and the group of root only. */
async function closedOn(file: string, account: number | undefined): Promise<string | undefined> {
  const above = dirname(file);
  const closed = above === file ? undefined : await closedOn(above, account);
  if (closed !== undefined) return closed;
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || found.uid === account) return undefined;
  const needed = found.isDirectory() ? 0o011 : 0o044;
  // In another group than that of root the account may be.
  const open = found.gid === 0 ? needed & 0o007 : needed;
  return (found.mode & open) === 0 ? file : undefined;
}

/** Secrets may come from the environment of the service, which is not here. */
async function planIfReadable(file: string, terminal: Terminal): Promise<GatewayPlan | undefined> {
  try {
    return await loadConfiguration(file, adapters, terminal.environment);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    terminal.stderr.write(`The configuration cannot be read here yet, so it was not looked at:\n${error.message}\n`);
    return undefined;
  }
}

async function writeUnit(unit: string): Promise<void> {
  if (process.platform !== 'linux') {
    throw new UserError('systemd is found on Linux only; docs/service.md shows a service of Windows, and a container');
  }
  try {
    await writeFile(UNIT_FILE, unit, { mode: 0o644 });
  } catch (error) {
    const why = codeOf(error) || messageOf(error);
    throw new UserError(
      `${UNIT_FILE} cannot be written (${why}); run this as root, or print the unit with --print and save it there`,
    );
  }
}

function nextSteps(user: string): string {
  return [
    `id ${user} >/dev/null 2>&1 || useradd --system --home-dir ${STATE} --no-create-home --shell /usr/sbin/nologin ${user}`,
    'systemctl daemon-reload',
    `systemctl enable --now ${SERVICE}`,
    `systemctl status ${SERVICE}; journalctl -u ${SERVICE} -e`,
  ]
    .map((command) => `  ${command}\n`)
    .join('');
}

function isWritable(file: string): boolean {
  return FOLDERS.some((folder) => file.startsWith(`${folder}/`));
}

/** What the service could not write, or could not read. */
function* advice(plan: GatewayPlan | undefined): Generator<string> {
  if (plan === undefined) return;
  const hasIndex = [...plan.sources.values()].some(({ index }) => index !== undefined);
  const files = [
    ['store.file', plan.push.size > 0 && plan.store.postgres === undefined ? plan.store.file : undefined],
    ['store.index', hasIndex ? plan.store.index : undefined],
    ['audit.file', plan.audit?.file],
    ['log.file', plan.log.file?.path],
  ] as const;
  for (const [setting, file] of files) {
    if (file === undefined || isWritable(file)) continue;
    yield `${setting} is ${file}, where the service may not write; write ${STATE}/ in front of its name, or let it by systemctl edit ${SERVICE}: [Service] ReadWritePaths=${dirname(file)}`;
  }
  const { socket } = plan.server;
  // One for its owner is of no use to HelpSpot, which has another account.
  if (socket?.access !== 'group' || isWritable(socket.file)) return;
  yield `server.socket is ${socket.file}, where the service may not write, so bin/livelookup would answer by itself; let it by systemctl edit ${SERVICE}: [Service] ReadWritePaths=${dirname(socket.file)}`;
}
