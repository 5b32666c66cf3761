/** Small disks that can be filled: a tmpfs of their own, where the machine lets us mount one. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PIECE = Buffer.alloc(1024 * 1024);

/** One that is mounted. */
export interface MountedDisk {
  readonly folder: string;
  /** Nothing can be written any more, but for so many bytes. */
  fill(freeBytes?: number): void;
  /** Takes away what {@link fill} wrote. */
  free(): void;
  /** Lazily: a file may still be open. */
  unmount(): void;
}

/** Why no disk can be mounted; empty where one can. */
export const noDisk = whyNot();

/** @param mode whom it lets in: us alone where nothing is said */
export function mountDisk(kilobytes: number, mode = '0700'): MountedDisk {
  const folder = mkdtempSync(join(tmpdir(), 'helpspot-gateway-disk-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const options = `size=${kilobytes}k,mode=${mode}`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  } catch (error) {
    remove();
    throw error;
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    fill(freeBytes = 0) {
      rmSync(filler, { force: true });
      const room = join(folder, 'room');
      if (freeBytes > 0) writeFileSync(room, Buffer.alloc(freeBytes));
      const file = openSync(filler, 'w');
      try {
        for (;;) writeSync(file, PIECE);
      } catch {
        // It is full.
      } finally {
        closeSync(file);
      }
      rmSync(room, { force: true });
    },
    free: () => rmSync(filler, { force: true }),
    unmount() {
      execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
      remove();
    },
  };
}

function whyNot(): string {
  try {
    mountDisk(64).unmount();
    return '';
  } catch {
    return ' (skipped: no disk can be mounted here; it takes root on Linux)';
  }
}
