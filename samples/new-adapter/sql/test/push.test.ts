/** Pushes pass the suite of the gateway: one thing of each, whole, also when it is sent again. */
import { describePushes } from 'helpspot-gateway/adapter-suite';
import { afterAll } from 'vitest';
import * as z from 'zod';
import adapter from '../index.ts';
import { makeSystem } from './system.ts';

const system = await makeSystem([]);
afterAll(() => system.remove());

const tickets = z.array(z.object({ id: z.number(), subject: z.string(), text: z.string() }));

describePushes({
  name: 'my-system',
  adapter,
  settings: () => ({ file: system.file }),
  made: () =>
    tickets.parse(system.tickets()).map(({ id, subject, text }) => ({ id: String(id), text: `${subject}\n${text}` })),
});
