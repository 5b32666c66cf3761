/** Keeps the index of one source in the file of this machine in step with the shared copy on PostgreSQL. */
import { type IndexShape, NotFollowing } from '../../gateway/sources/customer-index.ts';
import { type IndexFile, indexTask } from '../index-file/index-file.ts';
import { readState, type SharedState } from '../index-file/shared-state.ts';
import type { OutgoingChanges, SharedRecord } from '../index-file/sharing.ts';
import type { IndexCopy } from './index-copy.ts';
import type { ChangePlace, IndexTables } from './index-tables.ts';

/** Others write at most so often between what is read and what is written. */
const MOST_TRIES = 20;

/** What it works with. */
export interface CopyFeedParts {
  readonly file: IndexFile;
  readonly tables: IndexTables;
  readonly source: string;
  readonly shape: IndexShape;
  readonly copyId: number;
}

/** One source. Nothing of it runs beside itself; {@link NotFollowing} is thrown where another process has the file or the source. */
export class CopyFeed {
  readonly #parts: CopyFeedParts;
  /** As it was told the last time. */
  #told = '';

  constructor(parts: CopyFeedParts) {
    this.#parts = parts;
  }

  get copyId(): number {
    return this.#parts.copyId;
  }

  /**
   * Puts what others have written into the file, and writes what is new in it.
   * @param epoch of whoever follows; undefined: another does, whose state is taken over, too
   */
  async exchange(epoch: number | undefined): Promise<void> {
    const { tables, copyId } = this.#parts;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const copy = await tables.copy(copyId);
      if (copy === undefined) {
        if (epoch === undefined) return;
        throw new NotFollowing('the shared copy of the index was emptied');
      }
      if (epoch !== undefined && copy.epoch !== epoch) {
        throw new NotFollowing('another gateway follows the source by now');
      }
      // Somebody fills it from his own file; until then ours is as good.
      if (!copy.isFilled && epoch === undefined) return;
      await this.#takeIn(copy, epoch !== undefined);
      if (epoch === undefined) await this.#adopt(copy, false);
      if (await this.#sendAll(epoch, copy.now - Date.now())) return;
    }
  }

  /** This gateway follows from now on: its file becomes what the copy is, and the run under way goes on. */
  async takeOver(copy: IndexCopy): Promise<void> {
    this.#told = '';
    if (!copy.isFilled) {
      await this.#share(copy, true);
      await this.#settleDoubts(true);
      if (!(await this.#sendAll(copy.epoch, copy.now - Date.now())))
        throw new NotFollowing('another gateway has written into a new copy');
      return;
    }
    await this.#takeIn(copy, false);
    await this.#adopt(copy, true);
    const { run } = stateOf(copy);
    if (run !== null && run !== undefined && run.since === undefined && run.isFirst !== true)
      await this.#takeSeen(copy);
    // What was fed here, or by hand, while nobody could be told.
    await this.#sendAll(copy.epoch, copy.now - Date.now());
  }

  async #takeSeen(copy: IndexCopy): Promise<void> {
    for await (const keys of this.#parts.tables.seen(copy)) {
      ours(await indexTask('noteSeenElsewhere', { ...this.#writer, keys }));
    }
  }

  async #takeIn(copy: IndexCopy, isFollowing: boolean): Promise<void> {
    const row = await this.#parts.file.state(this.#parts.source);
    if (row === undefined) throw new NotFollowing('the index was removed');
    // One that is older than what the file has was brought back from a backup.
    const isSame = row.generation === copy.generation && row.version <= copy.version && row.version >= copy.keptFrom;
    if (!isSame && isFollowing) throw new NotFollowing('the shared copy of the index is another one');
    if (!isSame) await this.#share(copy, false);
    const from = isSame ? row.version : 0;
    if (from < copy.version) await this.#pull(copy, from, isFollowing);
    await this.#settleDoubts(isFollowing);
  }

  async #share({ generation }: IndexCopy, fills: boolean): Promise<void> {
    ours(await indexTask('shareIndex', { ...this.#writer, generation, fills }));
  }

  async #pull({ id, version }: IndexCopy, from: number, isFollowing: boolean): Promise<void> {
    let place: ChangePlace | undefined = { version: from + 1, key: '' };
    while (place !== undefined) {
      const page: Awaited<ReturnType<IndexTables['changes']>> = await this.#parts.tables.changes(id, place, version);
      place = page.next;
      // What changed in the version of the last one may go on behind it.
      await this.#putIn(page.records, isFollowing, place === undefined ? version : place.version - 1);
    }
  }

  async #settleDoubts(isFollowing: boolean): Promise<void> {
    for (;;) {
      const keys = ours(await indexTask('doubtedKeys', { ...this.#writer, isFollowing }));
      if (keys.length === 0) return;
      await this.#putIn(await this.#parts.tables.records(this.copyId, keys), isFollowing, undefined);
    }
  }

  async #putIn(records: readonly SharedRecord[], isFollowing: boolean, version: number | undefined): Promise<void> {
    const index = { shape: this.#parts.shape, updated: undefined };
    ours(await indexTask('applyShared', { ...this.#writer, records, index, isFollowing, version }));
  }

  /** Times are by the clock of this machine in its file, and by that of the server in the copy. */
  async #adopt(copy: IndexCopy, takesOver: boolean): Promise<void> {
    const state = moved(stateOf(copy), Date.now() - copy.now);
    const follower = takesOver || copy.ownedUntil > copy.now ? copy.follower : undefined;
    ours(await indexTask('adoptState', { ...this.#writer, state, follower, takesOver }));
  }

  /**
   * @param ahead what the clock of the server is ahead of ours. Milliseconds
   * @returns false where another has written meanwhile
   */
  async #sendAll(epoch: number | undefined, ahead: number): Promise<boolean> {
    const { file, source } = this.#writer;
    const isFollowing = epoch !== undefined;
    const kinds = isFollowing ? (['run', 'fed', 'seen'] as const) : (['fed'] as const);
    for (;;) {
      const outgoing: OutgoingChanges = await indexTask('outgoing', { file, source, kinds });
      const { numbers, isAll, records, seen } = outgoing;
      const told = JSON.stringify(outgoing.state);
      const tellsState = isFollowing && isAll && told !== this.#told;
      if (numbers.length === 0 && !tellsState) return true;
      const row = await this.#parts.file.state(source);
      if (row === undefined) throw new NotFollowing('the index was removed');
      const run = outgoing.state.run?.id ?? null;
      const state = tellsState ? { text: JSON.stringify(moved(outgoing.state, ahead)), run } : undefined;
      const change = { version: row.version, epoch, records, seen, state };
      const version = await this.#parts.tables.send(this.copyId, change);
      if (version === undefined) return false;
      await indexTask('sent', { file, source, numbers, version });
      if (tellsState) this.#told = told;
      if (isAll) return true;
    }
  }

  get #writer() {
    return this.#parts.file.writer(this.#parts.source);
  }
}

const NO_STATE: SharedState = {
  ...{ run: null, mark: null, freshAt: null, fullAt: null, held: 0, mayRemove: 0, leftOut: 0, problem: null },
};

function stateOf({ state }: IndexCopy): SharedState {
  return state === undefined ? NO_STATE : readState(state);
}

/** By another clock. */
function moved(state: SharedState, ms: number): SharedState {
  const { run, freshAt, fullAt } = state;
  const by = (at: number | null) => (at === null ? null : at + ms);
  return { ...state, run: run && { ...run, began: run.began + ms }, freshAt: by(freshAt), fullAt: by(fullAt) };
}

function ours<T>(result: T | undefined): T {
  if (result === undefined) throw new NotFollowing('another gateway has the file of the index by now');
  return result;
}
