/** The adapter passes both suites of the gateway, on a real server, with a network in front of it that fails. */
import {
  describeAdapter,
  describePushes,
  networkTo,
  startServer,
  suiteCustomers,
} from 'helpspot-gateway/adapter-suite';
import { afterAll } from 'vitest';
import adapter from '../index.ts';
import { seed, ticketsIn } from './seed.ts';

const server = await startServer('redis-server', (port) => [
  '--port',
  String(port),
  '--bind',
  '127.0.0.1',
  '--save',
  '',
]);
const network = await networkTo(server.port);
afterAll(async () => {
  await network.stop();
  await server.stop();
});

const url = `redis://127.0.0.1:${server.port}`;
await seed(url, suiteCustomers);

const settings = () => ({ url: `redis://${network.host}:${network.port}` });

describeAdapter({ name: 'redis', adapter, settings, outage: network });

describePushes({
  name: 'redis',
  adapter,
  settings,
  outage: network,
  loseAnswer: () => network.loseAnswer(),
  made: () => ticketsIn(url),
});
