/** A list that is read ahead: while some batches are written, the source gives the next ones. */
import { isLink, isList, type ListBatch, type Value } from '../../contract/index.ts';

/**
 * So much is waiting to be written at most. What waits is written at once: of a hundred records alone, half of the time
 * would go into the transaction. More would keep the thread for longer than staff should wait for theirs, a tenth of a second.
 */
const MOST_RECORDS = 2_000;
const MOST_CHARACTERS = 2_000_000;

/**
 * All that has come since it was last asked, at least one batch, until the source ends.
 * @param next asks the source; not asked again after it has thrown
 * @throws what `next` throws, after all that came before
 */
export async function* readAhead(
  next: () => Promise<IteratorResult<ListBatch, unknown>>,
): AsyncGenerator<readonly ListBatch[], void> {
  let waiting: ListBatch[] = [];
  let [records, characters] = [0, 0];
  let isOver = false;
  const hasCome = new Bell();
  const isTaken = new Bell();
  const read = async () => {
    for (let one = await next(); one.done !== true; one = await next()) {
      waiting.push(one.value);
      records += one.value.records.length;
      characters += charactersOf(one.value);
      hasCome.ring();
      while (records >= MOST_RECORDS || characters >= MOST_CHARACTERS) await isTaken.rings();
    }
  };
  const reading = read().finally(() => {
    isOver = true;
    hasCome.ring();
  });
  // Told below, once what came before is written.
  reading.catch(() => undefined);
  while (true) {
    if (waiting.length === 0 && !isOver) await hasCome.rings();
    if (waiting.length === 0) return await reading;
    const some = waiting;
    waiting = [];
    [records, characters] = [0, 0];
    isTaken.ring();
    yield some;
  }
}

/** One waits for what another does. */
class Bell {
  #heard: () => void = () => undefined;

  rings(): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve;
    });
  }

  ring(): void {
    this.#heard();
  }
}

function charactersOf({ records }: ListBatch): number {
  let characters = 0;
  for (const { record } of records) for (const name of Object.keys(record)) characters += lengthOf(record[name]);
  return characters;
}

function lengthOf(value: Value | undefined): number {
  if (typeof value === 'string') return value.length;
  if (value === undefined || typeof value !== 'object') return 0;
  if (isList(value)) return value.reduce((sum: number, item) => sum + lengthOf(item), 0);
  return value instanceof Date || !isLink(value) ? 0 : value.href.length + value.text.length;
}
