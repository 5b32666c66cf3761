/** `helpspot-gateway init`: from a file or an address to a configuration that answers. */
import { join, resolve } from 'node:path';
import { ENV_FILE } from '../config/env-file.ts';
import { shownFile } from '../config/problems.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { addressesOf } from '../http/addresses.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import { configurationText, type NewSource } from './setup/config-text.ts';
import { withVariable } from './setup/env-text.ts';
import { countryOf, newSource, newSourceName, questionsOf, sayWhatWasFound } from './setup/new-source.ts';
import { newFolder, newKey, refuseUsed, writeChecked } from './setup/writing.ts';
import { programOf, type Terminal } from './terminal.ts';
import { asShellWord, printable } from './text-width.ts';

const FILE = 'gateway.yaml';
const FOLDER = 'helpspot-gateway';
const PORT = 8787;

/**
 * Looks at what is given, proposes, writes `gateway.yaml` and `.env` into a new folder, checks them and says what comes next.
 * @returns the exit status: 0 when what was written can serve, 1 when `check` finds a mistake in it
 */
export async function init(line: CommandLine, terminal: Terminal): Promise<number> {
  if (line.value('config') !== undefined) {
    throw new Misuse(
      'init makes a new configuration; write --out=FOLDER, or: helpspot-gateway add source --config=FILE',
    );
  }
  const questions = questionsOf(line, terminal);
  const out = line.value('out');
  if (questions === undefined && out === undefined)
    throw new Misuse('--out=FOLDER must say where the configuration goes');
  const port = portOf(line.value('port'));
  // Known before anybody is asked anything.
  if (out !== undefined) await refuseUsed(resolve(out), FILE);
  const source = await newSource(newSourceName(line.value('name') ?? 'customers'), line, terminal, questions);
  const country = await countryOf(line, questions);
  const folder = out ?? (await questions?.line('Folder for the configuration', FOLDER, (answer) => answer)) ?? FOLDER;
  const path = await newFolder(resolve(folder), FILE);
  const plan = await written(path, source, { port, country }, terminal);
  sayWhatWasFound(source, terminal);
  sayWhatWasWritten(plan, source, terminal);
  const { check } = await import('./check.ts');
  const status = await check(plan.file, terminal);
  sayWhatComesNext(plan, source, port, terminal);
  return status;
}

function portOf(text: string | undefined): number {
  const port = Number(text ?? PORT);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Misuse('--port must be a number from 0 to 65535');
}

/** Both files, or none. */
async function written(
  folder: string,
  source: NewSource & { readonly password: string | undefined },
  settings: { readonly port: number; readonly country: string | undefined },
  terminal: Terminal,
): Promise<GatewayPlan> {
  const key = withVariable('', 'GATEWAY_KEY', newKey());
  const { variable, password } = source;
  const env = variable === undefined || password === undefined ? key : withVariable(key.text, variable, password);
  const file = join(folder, FILE);
  const text = configurationText(source, settings, folder);
  return await writeChecked(
    { file, before: undefined, text },
    { file: join(folder, ENV_FILE), before: undefined, text: env.text },
    terminal,
  );
}

function sayWhatWasWritten({ file }: GatewayPlan, { variable }: NewSource, terminal: Terminal): void {
  const secrets = variable === undefined ? 'the key' : 'the key and the password';
  terminal.stdout.write(
    `\nWritten:\n  ${printable(shownFile(file))}\n` +
      `  ${printable(shownFile(join(file, '..', ENV_FILE)))}  (${secrets}; only you may read it)\n\nChecked:\n`,
  );
}

function sayWhatComesNext(plan: GatewayPlan, { fields }: NewSource, port: number, terminal: Terminal): void {
  const url = `http://127.0.0.1:${port}`;
  const all = addressesOf(url, plan);
  const of = (kind: 'lookups' | 'ajax') => all.find((one) => one.kind === kind)?.address ?? 'none yet';
  const config = `--config=${asShellWord(shownFile(plan.file))}`;
  const lookup = of('lookups');
  const has = (name: string) => fields.some(({ field }) => field === name);
  const by = ['email', 'customer_id', 'phone', 'last_name'].find(has) ?? 'last_name';
  const program = programOf(terminal);
  terminal.stdout.write(
    `
Paste into HelpSpot (YOUR-KEY is GATEWAY_KEY in ${ENV_FILE}):
  Live Lookup   ${lookup}   Admin > Settings > Live Lookup, HTTP GET
  AJAX field    ${of('ajax')}
  Request Push  ${url}/k/YOUR-KEY/push/NAME, once "push" has a NAME (docs/request-push.md)

Next:
  ${program} check ${config}
  ${program} lookup default ${by}=… ${config}
  ${program} serve ${config}
  curl '${lookup}?${by}=VALUE-OF-A-CUSTOMER'
  ${program} add source NAME ${config}   # another system

The gateway answers this machine only. Where HelpSpot runs elsewhere, write host: 0.0.0.0 in ${FILE}, and the name of
this machine into the addresses.
`,
  );
}
