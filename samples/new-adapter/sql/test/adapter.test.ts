/** The adapter passes the suite of the gateway, on a toy database: put yours in its place. */
import { describeAdapter, suiteRows } from 'helpspot-gateway/adapter-suite';
import { afterAll } from 'vitest';
import adapter from '../index.ts';
import { makeSystem } from './system.ts';

const system = await makeSystem(suiteRows);
afterAll(() => system.remove());

describeAdapter({
  name: 'my-system',
  adapter,
  settings: () => ({ file: system.file }),
  // For a server, networkTo(port) of the suite is an outage.
  // What cannot hold for the system, with a reason each: 'names ignore accents': 'it compares by its own rules'.
  skip: {},
});
