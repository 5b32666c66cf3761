/** A small disk for one test. */
import { onTestFinished } from 'vitest';
import { type MountedDisk, mountDisk } from './disk.ts';

export { noDisk } from './disk.ts';

/** Mounts a disk. It goes with the test. */
export function smallDisk(kilobytes: number): MountedDisk {
  const disk = mountDisk(kilobytes);
  onTestFinished(() => disk.unmount());
  return disk;
}
