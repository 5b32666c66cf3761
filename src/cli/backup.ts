/** `helpspot-gateway backup`: everything that a gateway has, in one file, beside a gateway that runs or without one. */
import { resolve } from 'node:path';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { secretFiles } from '../config/watch.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { counted } from '../kit/text/index.ts';
import { type GatewayFiles, makeBackup } from '../store/backup/backup.ts';
import type { BackupManifest } from '../store/backup/manifest.ts';
import { recordChange } from './audit-change.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import { longWork, megabytes } from './long-work.ts';
import { type Terminal, table } from './terminal.ts';
import { packageVersion } from './version.ts';

/** @returns the exit status: 0 */
export async function backup(line: CommandLine, terminal: Terminal): Promise<number> {
  const archive = archiveOf(line);
  const withSecrets = line.has('with-secrets');
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment);
  const files = gatewayFiles(plan, withSecrets ? secretFiles(plan.file) : []);
  const gateway = packageVersion(terminal.packageRoot);
  const manifest = await longWork('backup', terminal, (signal, progress) =>
    makeBackup({ archive, files, withSecrets, gateway, signal, progress }),
  );
  terminal.stdout.write(table(manifest.files.map(({ place, bytes }) => [megabytes(bytes), place])));
  terminal.stdout.write(`${archive} is written\n`);
  terminal.stderr.write(`note: ${secretsNote(manifest, plan)}\n`);
  const { postgres } = plan.store;
  if (postgres !== undefined) {
    const words = `pushes are in ${postgres.where}, and not in it; pg_dump --schema=${postgres.schema} backs them up`;
    terminal.stderr.write(`note: ${words}\n`);
    // A copy could send once more what was handed over since, and has been sent and forgotten there.
    if (postgres.spool !== undefined)
      terminal.stderr.write(
        `note: pushes that wait in ${postgres.spool} are not in it: they go to that store when it is back\n`,
      );
  }
  await recordChange(plan, terminal, { name: 'backup', things: [], count: manifest.files.length });
  return 0;
}

/** The file that a command was called with. @throws {Misuse} */
export function archiveOf(line: CommandLine): string {
  const [name, extra] = [...line.arguments, ...line.rest];
  if (name === undefined || name === '')
    throw new Misuse(`say which file: ${line.has('to') ? 'restore' : 'backup'} gateway.tar`);
  if (extra !== undefined) throw new Misuse(`one file is enough; leave out "${extra}"`);
  return resolve(name);
}

/** What a gateway with this configuration has. */
export function gatewayFiles(plan: GatewayPlan, secrets: readonly string[]): GatewayFiles {
  const { store, audit, file: configuration } = plan;
  return {
    databases: { store: store.postgres === undefined ? store.file : undefined, audit: audit?.file, index: store.index },
    configuration,
    secrets,
  };
}

function secretsNote({ files }: BackupManifest, { clearSecrets = [] }: GatewayPlan): string {
  const secrets = files.filter(({ kind }) => kind === 'secret').length;
  const clear = clearSecrets.length > 0 ? 'the configuration in it has secrets in clear; ' : '';
  const rest =
    secrets > 0
      ? `${counted(secrets, 'file of secrets is', 'files of secrets are')} in it, in clear: keep it as safe as those`
      : 'files of secrets and variables of the environment are not in it: keep them elsewhere';
  return clear + rest;
}
