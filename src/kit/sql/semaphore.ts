/** A database's connections are so many; who waits in vain for one is told so. */
import { SourceError } from '../../contract/index.ts';
import { Semaphore } from '../wait/index.ts';

/** A {@link Semaphore} that ends a vain wait with a {@link SourceError} `timeout`. */
export class ConnectionSemaphore extends Semaphore {
  constructor(size: number) {
    super(size, {
      tired: () =>
        new SourceError('timeout', `all ${size} connections to the database were busy until the deadline`, {
          remedy: 'look for slow queries first; then raise "connections"',
        }),
    });
  }
}
