/** Small disks that can be filled: a tmpfs of their own, where the machine lets us mount one. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A disk for one test. */
export interface SmallDisk {
  readonly folder: string;
  /** Nothing can be written any more, but for so many bytes. */
  fill(freeBytes?: number): void;
  /** Takes away what {@link fill} wrote. */
  free(): void;
}

/** Why no disk can be mounted; empty where one can. */
export const noDisk = whyNot();

/** Mounts a disk. It goes with the test. */
export function smallDisk(kilobytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'helpspot-gateway-disk-'));
  mount(folder, kilobytes);
  onTestFinished(() => unmount(folder));
  const filler = join(folder, 'filler');
  return {
    folder,
    fill(freeBytes = 0) {
      rmSync(filler, { force: true });
      const room = join(folder, 'room');
      if (freeBytes > 0) writeFileSync(room, Buffer.alloc(freeBytes));
      try {
        writeFileSync(filler, Buffer.alloc(2 * kilobytes * 1024));
      } catch {
        // It is full.
      }
      rmSync(room, { force: true });
    },
    free: () => rmSync(filler, { force: true }),
  };
}

function whyNot(): string {
  const folder = mkdtempSync(join(tmpdir(), 'helpspot-gateway-disk-'));
  try {
    mount(folder, 64);
    unmount(folder);
    return '';
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return ' (skipped: no disk can be mounted here; it takes root on Linux)';
  }
}

function mount(folder: string, kilobytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=0700`, 'tmpfs', folder], { stdio: 'ignore' });
}

function unmount(folder: string): void {
  // Lazily: a file may still be open.
  execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
}
