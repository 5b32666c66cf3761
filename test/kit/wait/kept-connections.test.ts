import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { untilAborted } from '../../../src/contract/index.ts';
import { type KeptConnection, KeptConnections } from '../../../src/kit/wait/kept-connections.ts';
import { Semaphore } from '../../../src/kit/wait/semaphore.ts';

const IDLE_LIMIT_MS = 60_000;
const PATIENCE_MS = 20_000;

afterEach(() => {
  vi.useRealTimers();
});

class Lost extends Error {}

/** A connection that asks a line and gets a line, over a real socket. */
class Line implements KeptConnection {
  readonly #socket: Socket;
  isOpen = true;
  ended: Promise<void> | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    // Like a connection through a firewall that has forgotten it: only who writes learns that it is gone.
    socket.on('error', () => {});
  }

  static async open(port: number, signal: AbortSignal): Promise<Line> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect', { signal });
    return new Line(socket);
  }

  async ask(question: string, signal: AbortSignal): Promise<string> {
    if (this.#socket.destroyed) throw new Lost('it was closed');
    const answer = new Promise<string>((resolve, reject) => {
      this.#socket.once('data', (data) => resolve(data.toString()));
      this.#socket.once('close', () => reject(new Lost('it broke')));
    });
    this.#socket.write(question);
    return await untilAborted(answer, signal);
  }

  close(): void {
    this.isOpen = false;
    this.#socket.destroy();
  }
}

/** A server that answers with the number of the connection, and hears everything. */
async function lineServer() {
  const sockets: Socket[] = [];
  const heard: string[] = [];
  const told = { dropNext: 0, muteUpTo: 0 };
  const server = createServer((socket) => {
    const number = sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      heard.push(`${number}: ${data}`);
      if (number <= told.muteUpTo) return;
      if (told.dropNext === 0) socket.write(String(number));
      else {
        told.dropNext -= 1;
        socket.destroy();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, sockets, heard, told };
}

async function lines(size = 2) {
  const server = await lineServer();
  const opened: Line[] = [];
  const pool = new KeptConnections<Line>({
    semaphore: new Semaphore(size),
    open: async (signal) => {
      const line = await Line.open(server.port, signal);
      opened.push(line);
      return line;
    },
    probe: async (line, signal) => void (await line.ask('probe', signal)),
    isLost: (error) => error instanceof Lost,
    idleLimitMs: IDLE_LIMIT_MS,
  });
  onTestFinished(() => pool.close());
  const patience = () => AbortSignal.timeout(PATIENCE_MS);
  const ask = (question = 'ask', signal = patience()) => pool.use(signal, (line) => line.ask(question, signal));
  return { ...server, pool, opened, ask, patience };
}

/** The clock of `performance.now()` stands still from here on, until it is moved; timers go on. */
function stoppedClock(): (milliseconds: number) => void {
  vi.useFakeTimers({ toFake: ['performance'] });
  return (milliseconds) => vi.advanceTimersByTime(milliseconds);
}

test('a connection is used again, the last one first, and there are no more than the semaphore lets through', async () => {
  const { ask, opened, heard } = await lines(2);
  expect(await ask()).toBe('1');
  expect(await ask()).toBe('1');
  await Promise.all(Array.from({ length: 6 }, () => ask()));
  expect(opened).toHaveLength(2);
  expect(await ask()).toBe(await ask());
  // None was asked whether it is alive: all were a moment ago.
  expect(heard.filter((line) => line.includes('probe'))).toEqual([]);
});

test('one that was quiet for a while is asked first, one of a moment ago is not', async () => {
  const pass = stoppedClock();
  const { ask, heard } = await lines();
  await ask();
  pass(9_999);
  await ask();
  pass(10_001);
  await ask();
  expect(heard).toEqual(['1: ask', '1: ask', '1: probe', '1: ask']);
});

test('one that was quiet for too long is closed without a question', async () => {
  const pass = stoppedClock();
  const { ask, opened, heard } = await lines();
  await ask();
  pass(IDLE_LIMIT_MS + 1);
  expect(await ask()).toBe('2');
  expect(opened.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  expect(heard).toEqual(['1: ask', '2: ask']);
});

test('one that is known to be gone is not used', async () => {
  const { ask, opened, heard } = await lines();
  await ask();
  opened[0]?.close();
  expect(await ask()).toBe('2');
  expect(heard).toEqual(['1: ask', '2: ask']);
});

test('a probe that is not answered costs little, and the older ones are not asked at all', async () => {
  const pass = stoppedClock();
  const { ask, opened, heard, told } = await lines(3);
  await Promise.all([ask(), ask(), ask()]);
  pass(10_001);
  told.muteUpTo = opened.length;
  expect(await ask('again')).toBe('4');
  expect(heard.filter((line) => line.includes('probe'))).toHaveLength(1);
  expect(opened.map(({ isOpen }) => isOpen)).toEqual([false, false, false, true]);
});

test('a kept connection that breaks under a call: the call is made once more on a new one', async () => {
  const { ask, told, heard, opened } = await lines();
  await ask();
  told.dropNext = 1;
  expect(await ask('again')).toBe('2');
  expect(heard).toEqual(['1: ask', '1: again', '2: again']);
  expect(opened.map(({ isOpen }) => isOpen)).toEqual([false, true]);
});

test('a new connection that breaks at once is opened once more, and then it is enough', async () => {
  const { ask, told, heard } = await lines();
  told.dropNext = 1;
  expect(await ask()).toBe('2');
  told.dropNext = 3;
  await expect(ask('again')).rejects.toBeInstanceOf(Lost);
  expect(heard).toEqual(['1: ask', '2: ask', '2: again', '3: again', '4: again']);
  expect(await ask()).toBe('5');
});

test('after a call that failed, those that were quiet since are asked first', async () => {
  const { ask, told, heard, patience, pool } = await lines(2);
  await Promise.all([ask(), ask()]);
  told.dropNext = 1;
  await expect(pool.useFresh(patience(), (line) => line.ask('lost', patience()))).resolves.toBe('4');
  heard.length = 0;
  // The one that answered after the failure is trusted; the two before it are asked when their turn comes.
  await Promise.all([ask(), ask()]);
  expect(heard.filter((line) => line.includes('probe'))).toHaveLength(1);
  expect(heard.filter((line) => line.startsWith('4: '))).toEqual(['4: ask']);
});

test('a refusal is passed on, and the connection stays', async () => {
  const { ask, pool, patience, opened } = await lines();
  await ask();
  const refused = pool.use(patience(), () => Promise.reject(new Error('not allowed')));
  await expect(refused).rejects.toThrow('not allowed');
  expect(await ask()).toBe('1');
  expect(opened).toHaveLength(1);
});

test('a call that is given up takes its connection with it, is not repeated, and frees its slot', async () => {
  const { ask, told, heard, opened } = await lines(1);
  await ask();
  told.muteUpTo = opened.length;
  const controller = new AbortController();
  const call = ask('slow', controller.signal);
  await vi.waitFor(() => expect(heard.at(-1)).toBe('1: slow'), PATIENCE_MS);
  controller.abort(new Error('the deadline'));
  await expect(call).rejects.toThrow('the deadline');
  expect(opened.map(({ isOpen }) => isOpen)).toEqual([false]);
  told.muteUpTo = 0;
  expect(await ask()).toBe('2');
  expect(heard).toEqual(['1: ask', '1: slow', '2: ask']);
});

test('who gives up during a probe is told why, and the other connections stay', async () => {
  const pass = stoppedClock();
  const { ask, told, heard, opened } = await lines(2);
  await Promise.all([ask(), ask()]);
  pass(10_001);
  told.muteUpTo = opened.length;
  const controller = new AbortController();
  const call = ask('again', controller.signal);
  await vi.waitFor(() => expect(heard.at(-1)).toContain('probe'), PATIENCE_MS);
  controller.abort(new Error('the caller has gone'));
  await expect(call).rejects.toThrow('the caller has gone');
  expect(opened.filter(({ isOpen }) => isOpen)).toHaveLength(1);
});

test('a call with a connection of its own opens one, and keeps it', async () => {
  const { ask, pool, patience } = await lines();
  await ask();
  expect(await pool.useFresh(patience(), (line) => line.ask('fresh', patience()))).toBe('2');
  expect(await ask()).toBe('2');
});

test('closing ends what is idle at once, and what is under way when it is done', async () => {
  const { ask, pool, told, heard, opened, sockets } = await lines(2);
  await Promise.all([ask(), ask()]);
  told.muteUpTo = opened.length;
  const call = ask('slow');
  await vi.waitFor(() => expect(heard.at(-1)).toContain('slow'), PATIENCE_MS);
  await pool.close();
  expect(opened.filter(({ isOpen }) => isOpen)).toHaveLength(1);
  const busy = Number(heard.at(-1)?.split(':')[0]);
  sockets[busy - 1]?.write('done');
  expect(await call).toBe('done');
  expect(opened.filter(({ isOpen }) => isOpen)).toEqual([]);
});

test('closing waits until what was given up is ended on the server', async () => {
  const { ask, pool, opened, told, heard } = await lines(1);
  await ask();
  let end = () => {};
  const [line] = opened;
  if (line === undefined) throw new Error('there is no connection');
  line.ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  told.muteUpTo = opened.length;
  const controller = new AbortController();
  const call = ask('slow', controller.signal);
  await vi.waitFor(() => expect(heard.at(-1)).toBe('1: slow'), PATIENCE_MS);
  controller.abort(new Error('the deadline'));
  await expect(call).rejects.toThrow('the deadline');
  let closed = false;
  const closing = pool.close().then(() => {
    closed = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  end();
  await closing;
});

test('a call that is given up as its connection breaks is not made again', async () => {
  const { pool, opened } = await lines();
  const controller = new AbortController();
  const call = pool.use(controller.signal, async () => {
    controller.abort(new Error('the deadline'));
    throw new Lost('it broke');
  });
  await expect(call).rejects.toBeInstanceOf(Lost);
  expect(opened).toHaveLength(1);
});
