/** The places of a database's pool: who waits in vain is told so. */
import { SourceError } from '../../contract/index.ts';
import { Semaphore } from '../wait/index.ts';

/** {@link PoolSlots} that end a vain wait with a {@link SourceError} `timeout`. */
export class Slots extends Semaphore {
  constructor(size: number) {
    super(
      size,
      () =>
        new SourceError('timeout', `all ${size} connections to the database were busy until the deadline`, {
          remedy: 'look for slow queries first; then raise "connections"',
        }),
    );
  }
}
