/** The adapter passes the suite of the gateway, on a toy system: put a real one, or a stand-in, in its place. */
import { describeAdapter, networkTo, suiteCustomers } from 'helpspot-gateway/adapter-suite';
import { afterAll } from 'vitest';
import adapter from '../index.ts';
import { startSystem, TOKEN } from './system.ts';

const system = await startSystem(suiteCustomers);
// What a network does to an adapter: the system is away, or silent.
const network = await networkTo(system.port);
afterAll(async () => {
  await network.stop();
  await system.stop();
});

describeAdapter({
  name: 'my-system',
  adapter,
  settings: () => ({ url: `http://${network.host}:${network.port}`, token: TOKEN }),
  outage: network,
  // What cannot hold for the system, with a reason each: 'names ignore accents': 'it compares by its own rules'.
  skip: {},
});
