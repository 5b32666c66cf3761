/** `helpspot-gateway store copy FILE`: moves what a file holds to the PostgreSQL of the configuration. */
import { resolve } from 'node:path';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { UserError } from '../contract/index.ts';
import { agreed } from './agree.ts';
import { recordChange } from './audit-change.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import type { Terminal } from './terminal.ts';

/** @returns the exit status: 1 when nobody said yes */
export async function store(line: CommandLine, terminal: Terminal): Promise<number> {
  const [word, name, ...more] = [...line.arguments, ...line.rest];
  if (word !== 'copy' || name === undefined || more.length > 0) throw new Misuse('write store copy gateway.db');
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment);
  const { postgres } = plan.store;
  if (postgres === undefined) {
    throw new UserError('the configuration names no PostgreSQL to copy to; write store.url in it first');
  }
  const file = resolve(name);
  const say = (text: string) => void terminal.stdout.write(text);
  const what = `${file} goes to ${postgres.where}, schema ${postgres.schema}`;
  if (!(await agreed({ line, terminal, say }, `${what}. Move it?`, what))) return 1;
  const { copyLedger } = await import('../store/postgres/copying.ts');
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const { pushes, kept } = await copyLedger(file, postgres, time);
  say(`${pushes} ${pushes === 1 ? 'push is' : 'pushes are'} there now; the file is ${kept}\n`);
  await recordChange(plan, terminal, { name: 'store copy', things: [], count: pushes });
  return 0;
}
