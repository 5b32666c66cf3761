/** What `new-adapter` writes passes its own tests: here as it stands in samples/, with pushes. */
import { describe } from 'vitest';

describe.each(['http', 'sql'])('the template for %s', async (kind) => {
  await import(`../../samples/new-adapter/${kind}/test/adapter.test.ts`);
  await import(`../../samples/new-adapter/${kind}/test/push.test.ts`);
});
