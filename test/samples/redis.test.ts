/** The sample of a whole adapter package passes its tests on a real Redis. */
import { describe } from 'vitest';
import { reasonOf, requireCommand } from '../support/packages.ts';

const redis = await requireCommand('redis-server', ['redis-server'], 'the sample adapter is proved against Redis');

// Its tests start the server when they are imported.
if (redis.ok) await import('../../samples/redis/test/adapter.test.ts');
else describe.skip(`the Redis adapter${reasonOf(redis)}`, () => undefined);
