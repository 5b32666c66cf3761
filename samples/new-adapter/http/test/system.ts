/** A toy system over HTTP: it searches as vendors do, wider and by other rules than the gateway. Its place is for yours. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Ticket, ticketCall } from './tickets.ts'; // --push

export const TOKEN = 'toy-token-of-a-test';

type Customer = Readonly<Partial<Record<string, string>>>;

/** Starts one on a free port of this machine. */
export async function startSystem(customers: readonly object[]) {
  const people: readonly Customer[] = customers.map((customer) => ({ ...customer }));
  const tickets: Ticket[] = []; // --push
  const server = createServer(async (request, response) => {
    const [status, body] = await answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });

  async function answer(request: IncomingMessage): Promise<readonly [status: number, body: object]> {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return [401, { error: 'unknown token' }];
    const url = new URL(request.url ?? '/', 'http://toy');
    const sent = await text(request);
    if (url.pathname === '/me') return [200, { name: 'gateway' }];
    if (url.pathname === '/customers/search') return [200, search(people, JSON.parse(sent))];
    if (url.pathname.startsWith('/tickets')) return ticketCall(tickets, url, sent); // --push
    return [404, { error: 'no such page' }];
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    tickets, // --push
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function search(people: readonly Customer[], { any, limit }: { any: readonly string[]; limit: number }) {
  const found = people.filter(
    (one) => any.length === 0 || any.some((word) => isIn(Object.values(one).join('\n'), word)),
  );
  return { customers: found.slice(0, limit), more: found.length > limit };
}

/** Without accents and capitals, as the indexes of search engines are; telephone numbers by their digits. */
function isIn(whole: string, word: string): boolean {
  if (/^\d{4,}$/.test(word)) return whole.replace(/[^\d\n]/g, '').includes(word) || whole.includes(word);
  return folded(whole).includes(folded(word));
}

const LETTERS: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', ß: 'ss', đ: 'd' };

function folded(whole: string): string {
  const plain = whole.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[łøßđ]/g, (letter) => LETTERS[letter] ?? letter);
}
