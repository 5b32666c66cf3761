/** `helpspot-gateway store copy [FILE]`: moves what a file holds to PostgreSQL. */
import { resolve } from 'node:path';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { postgresPlan } from '../config/push-plans.ts';
import { storeSection } from '../config/sections/store.ts';
import { UserError } from '../contract/index.ts';
import type { PostgresStorePlan, StorePlan } from '../gateway/push/plan.ts';
import { counted, parsedAddress } from '../kit/text/index.ts';
import { agreed } from './agree.ts';
import { recordChange } from './audit-change.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import type { Terminal } from './terminal.ts';

/** @returns the exit status: 1 when nobody said yes */
export async function store(line: CommandLine, terminal: Terminal): Promise<number> {
  const [word, name, ...more] = [...line.arguments, ...line.rest];
  if (word !== 'copy' || more.length > 0) throw new Misuse('write store copy gateway.db');
  const given = line.value('to') === undefined ? undefined : placeNamed(line, terminal);
  for (const option of ['schema', 'ca']) {
    if (given === undefined && line.value(option) !== undefined) throw new Misuse(`--${option} goes with --to only`);
  }
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment);
  const postgres = given ?? plan.store.postgres;
  if (postgres === undefined) {
    const words = 'the configuration names no PostgreSQL to copy to; write store.url in it first, or say it with --to';
    throw new UserError(words);
  }
  const file = name === undefined ? fileOf(plan.store) : resolve(name);
  const say = (text: string) => void terminal.stdout.write(text);
  const what = `${file} goes to ${postgres.where}, schema ${postgres.schema}`;
  if (!(await agreed({ line, terminal, say }, `${what}. Move it?`, what))) return 1;
  const { copyLedger } = await import('../store/postgres/copying.ts');
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const { pushes, kept } = await copyLedger(file, postgres, time);
  say(`${counted(pushes, 'push is', 'pushes are')} there now; the file is ${kept}\n`);
  if (plan.store.postgres === undefined) {
    say('Write that store under store.url in the place of store.file before a gateway is started again\n');
  }
  await recordChange(plan, terminal, { name: 'store copy', things: [], count: pushes });
  return 0;
}

/** The file of the configuration. */
function fileOf({ file, postgres }: StorePlan): string {
  if (postgres === undefined) return file;
  throw new Misuse('the configuration names no file; say which: store copy gateway.db');
}

/** What `--to` says. @throws {Misuse} which never has the address in it */
function placeNamed(line: CommandLine, { environment, stderr }: Terminal): PostgresStorePlan {
  const written = line.value('to') ?? '';
  const variable = /^env:(.*)$/s.exec(written)?.[1];
  const url = variable === undefined ? written : environment[variable];
  const ca = line.value('ca');
  const section = { url: url ?? '', schema: line.value('schema'), ...(ca !== undefined && { tls: { ca } }) };
  const read = storeSection.safeParse(section);
  if (!read.success) {
    const [issue] = read.error.issues;
    const [key] = issue?.path ?? [];
    const option = key === 'schema' ? '--schema' : key === 'tls' ? '--ca' : '--to';
    throw new Misuse(`${option} ${variable === undefined ? '' : `names a variable that `}${issue?.message ?? ''}`);
  }
  const plan = postgresPlan(read.data, process.cwd());
  const address = parsedAddress(url ?? '');
  if (plan === undefined || address === undefined) throw new Misuse('--to is no address');
  if (address.password === '') {
    address.password = encodeURIComponent(environment['PGPASSWORD'] ?? '');
    return { ...plan, url: address.href };
  }
  if (variable === undefined) {
    stderr.write(
      'Others on this machine can read a password on the command line; ' +
        'write it into PGPASSWORD, or the whole address into a variable: --to=env:NAME\n',
    );
  }
  return plan;
}
