/** Files that take the places of others, so that a file is there at every moment: the one from before, or the new one. */
import { chmodSync, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { UserError } from '../../contract/index.ts';
import { codeOf } from '../../kit/text/index.ts';
import { giveTo, ownerFor } from '../folder.ts';
import { NO_LINKS, putInPlace } from './archive.ts';

/** A database and what SQLite may have beside it. */
export const ENDINGS = ['', '-wal', '-shm'] as const;

/** What was there is kept beside it. */
export class Swap {
  readonly written: string[] = [];
  readonly kept: string[] = [];
  readonly #ending: string;
  readonly #moved: (readonly [from: string, to: string])[] = [];

  /** @param time stands in the names of what is kept */
  constructor(time: string) {
    this.#ending = `.before-restore-${time}`;
  }

  async put(source: string, place: string, mode: number): Promise<void> {
    // What was changed in it must be in the one file that is moved.
    if ((statSync(`${source}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
      throw new Error(`${source} is not in one file`);
    }
    const owner = ownerFor(place);
    chmodSync(source, mode);
    giveTo(owner, source);
    const isThere = existsSync(place);
    // The file itself comes last: a gateway that starts in this moment finds one, and makes none.
    for (const ending of ENDINGS.toReversed()) this.#keep(place + ending, place + this.#ending + ending);
    if (isThere) renameSync(source, place);
    else await putInPlace(source, place);
    if (isThere) this.kept.push(place + this.#ending);
    this.written.push(place);
  }

  /** By a second name, so that the first is never without a file. */
  #keep(from: string, to: string): void {
    if (!existsSync(from)) return;
    if (existsSync(to)) throw new UserError(`${to} is there already; restore again in a second`);
    try {
      linkSync(from, to);
      this.#moved.push([from, to]);
      // What SQLite had beside it must not be taken for a part of the new one.
      if (ENDINGS.some((ending) => ending !== '' && from.endsWith(ending))) rmSync(from);
    } catch (error) {
      if (!NO_LINKS.has(codeOf(error))) throw error;
      renameSync(from, to);
      this.#moved.push([from, to]);
    }
  }

  undo(): void {
    const before = new Set(this.#moved.map(([from]) => from));
    for (const place of this.written) if (!before.has(place)) rmSync(place, { force: true });
    for (const [from, to] of this.#moved.reverse()) {
      renameSync(to, from);
      // Of two names of one file, both are there still.
      rmSync(to, { force: true });
    }
  }
}
