/** Paths as a configuration has them. `flavour` is that of the machine; tests ask for the other one, too. */
import path, { type PlatformPath } from 'node:path';

/** A path of the configuration, absolute. @param folder of the configuration file, absolute */
export function pathFrom(folder: string, written: string, flavour: PlatformPath = path): string {
  return flavour.resolve(folder, written);
}

/** Whether a word is the path of a file, and not the name of a package: `./x.js`, `..\x.js`, an absolute one. */
export function isPath(word: string, flavour: PlatformPath = path): boolean {
  return ['./', '../', '.\\', '..\\'].some((start) => word.startsWith(start)) || flavour.isAbsolute(word);
}

/** A file as messages show it: relative when it is below the working folder, else absolute. */
export function shownFrom(folder: string, file: string, flavour: PlatformPath = path): string {
  const near = flavour.relative(folder, file);
  // In the root folder a path without its slash would look like another one; another drive has no way there.
  const isOutside = near === '' || near.startsWith('..') || flavour.isAbsolute(near);
  return isOutside || folder === flavour.parse(folder).root ? file : near;
}

/** A path in double quotes whose backslashes YAML has read as escapes: `"C:\temp"` has a tab in it. */
export function isSpoiltPath(value: string): boolean {
  return /^(?:[A-Za-z]:|\\)/.test(value) && [...value].some((character) => character < ' ');
}
