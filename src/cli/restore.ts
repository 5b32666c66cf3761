/** `helpspot-gateway restore`: brings back what a backup holds. */
import { resolve } from 'node:path';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { counted } from '../kit/text/index.ts';
import type { BackupManifest } from '../store/backup/manifest.ts';
import { type Placement, placesHere, placesInFolder } from '../store/backup/places.ts';
import { inspectArchive, type Restored, restoreBackup } from '../store/backup/restore.ts';
import { agreed } from './agree.ts';
import { recordChange } from './audit-change.ts';
import { archiveOf, gatewayFiles } from './backup.ts';
import type { CommandLine } from './command-line.ts';
import { longWork } from './long-work.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './text-width.ts';

/** @returns the exit status: 1 when nobody said yes */
export async function restore(line: CommandLine, terminal: Terminal): Promise<number> {
  const archive = archiveOf(line);
  const folder = line.value('to');
  const say = (text: string) => terminal.stdout.write(`${printable(text)}\n`);
  const plan =
    folder === undefined ? await loadConfiguration(line.configuration(), adapters, terminal.environment) : undefined;
  const manifest = await longWork('restore', terminal, (signal) => inspectArchive(archive, signal));
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const placement = await placementOf(plan, folder, manifest, time);
  const { placed, left } = placement;
  say(`The backup was made at ${manifest.startedAt} by gateway ${manifest.gateway}. It goes to:`);
  for (const { place } of placed) say(`  ${place}`);
  for (const words of left) say(`Not restored: ${words}`);
  const asking = { line, terminal, say: (text: string) => terminal.stdout.write(text) };
  // An empty folder has nothing that could be lost.
  const isAgreed =
    plan === undefined || (await agreed(asking, 'Restore it?', `${placed.length} files would be restored`));
  if (!isAgreed) return 1;
  const restored = await longWork('restore', terminal, (signal, progress) =>
    restoreBackup({ archive, placed, time, signal, progress }),
  );
  for (const words of report(restored, plan)) say(words);
  if (plan !== undefined) await recordChange(plan, terminal, { name: 'restore', things: [], count: placed.length });
  return 0;
}

async function placementOf(
  plan: GatewayPlan | undefined,
  folder: string | undefined,
  manifest: BackupManifest,
  time: string,
): Promise<Placement> {
  if (plan !== undefined) return placesHere(gatewayFiles(plan, []), manifest, time);
  return placesInFolder(resolve(folder ?? '.'), manifest);
}

function report(
  { written, kept, held, newerPushes, auditAdded, leftovers }: Restored,
  plan: GatewayPlan | undefined,
): string[] {
  const lines = written.map((place) => `Restored ${place}`);
  for (const place of kept) lines.push(`What was there is ${place}`);
  if (auditAdded !== undefined)
    lines.push(`The audit stays, and ${counted(auditAdded, 'entry', 'entries')} were added`);
  for (const place of leftovers) lines.push(`Left by a restore that was broken off, to be removed: ${place}`);
  if (held !== undefined && held.pushes > 0) {
    const pushes = counted(held.pushes, 'push that waited is', 'pushes that waited are');
    lines.push(
      `${pushes} unclear now: they may have been sent since. Look there, then: helpspot-gateway pushes retry, or drop`,
    );
  }
  if (held !== undefined && held.records > 0) {
    lines.push(
      `${counted(held.records, 'record of events that was', 'records of events that were')} still gathered will not be pushed`,
    );
  }
  if (newerPushes !== undefined && newerPushes > 0) {
    const pushes = counted(newerPushes, 'push has', 'pushes have');
    lines.push(`${pushes} come since the backup, and stand only in the store that was there`);
  }
  if (plan === undefined)
    lines.push('Absolute paths in the configuration still name the old places; see to them before it serves');
  return lines;
}
