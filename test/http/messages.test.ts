import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { messagesOf } from '../../src/http/messages.ts';
import { start } from './harness.ts';

it('gives requests and responses to Express with the prototypes that it would set, and all that Express adds', async () => {
  const app = express();
  const messages = messagesOf(app);
  app.get('/hello', (req, res) => void res.status(201).send(`${req.path} ${req.app === app}`));
  const bornRight: boolean[] = [];
  const server = createServer(messages, (req, res) => {
    const born = [req, res].map((message) => Object.getPrototypeOf(message));
    app(req, res);
    bornRight.push(born[0] === Object.getPrototypeOf(req), born[1] === Object.getPrototypeOf(res));
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const answer = await fetch(`http://127.0.0.1:${address.port}/hello?x`);
  expect([answer.status, await answer.text()]).toEqual([201, '/hello true']);
  expect(bornRight).toEqual([true, true]);
});

it('does not touch the prototypes of other applications', () => {
  const [one, other] = [express(), express()];
  const [first, second] = [messagesOf(one), messagesOf(other)];
  expect(one.request).toBe(first.IncomingMessage.prototype);
  expect(other.request).toBe(second.IncomingMessage.prototype);
  expect([one.request.app, other.request.app]).toEqual([one, other]);
});

it('is what the gateway listens with: no call changes its prototype on the way', async () => {
  const { url } = await start();
  const seen: unknown[][] = [[], []];
  const noteAt = (place: number) => (message: unknown) => {
    if (typeof message !== 'object' || message === null) return;
    for (const key of ['request', 'response']) seen[place]?.push(Object.getPrototypeOf(Reflect.get(message, key)));
  };
  const [born, answered] = [noteAt(0), noteAt(1)];
  // https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html#http
  subscribe('http.server.request.start', born);
  subscribe('http.server.response.finish', answered);
  onTestFinished(() => {
    unsubscribe('http.server.request.start', born);
    unsubscribe('http.server.response.finish', answered);
  });
  expect((await fetch(`${url}/livelookup?customer_id=12`)).status).toBe(200);
  await expect.poll(() => seen[1]?.length).toBe(2);
  expect(seen[0]?.every((prototype, index) => prototype === seen[1]?.[index])).toBe(true);
});
