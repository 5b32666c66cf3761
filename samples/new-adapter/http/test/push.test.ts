/** Pushes pass the suite of the gateway: one thing of each, whole, also when an answer is lost. */
import { describePushes, networkTo } from 'helpspot-gateway/adapter-suite';
import { afterAll } from 'vitest';
import adapter from '../index.ts';
import { startSystem, TOKEN } from './system.ts';

const system = await startSystem([]);
const network = await networkTo(system.port);
afterAll(async () => {
  await network.stop();
  await system.stop();
});

describePushes({
  name: 'my-system',
  adapter,
  settings: () => ({ url: `http://${network.host}:${network.port}`, token: TOKEN }),
  outage: network,
  loseAnswer: () => network.loseAnswer(),
  made: () => system.tickets.map(({ id, subject, text }) => ({ id: String(id), text: `${subject}\n${text}` })),
});
