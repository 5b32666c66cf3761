/** A page full of what must not run and must not be asked for, with a policy and without. */
import { once } from 'node:events';
import { createServer } from 'node:http';

/** What the page asks for where nothing keeps it from that; on its own host and on another one. */
export const HOSTILE_PATHS: readonly string[] = [
  ...['/image', '/script.js', '/sheet.css', '/frame', '/said-by-script', '/said-by-handler'],
  ...['/object', '/sound', '/elsewhere-image', '/elsewhere-script.js'],
];

/** The server. `/with` and `/without` are the page with the policy and without it. */
export interface HostilePage {
  readonly url: string;
  /** What a browser has asked for besides, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startHostilePage(policy: string): Promise<HostilePage> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://here.invalid');
    if (HOSTILE_PATHS.includes(pathname)) asked.push(pathname);
    const isPage = pathname === '/with' || pathname === '/without';
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('Content-Type', typeOf(pathname, isPage));
    if (pathname === '/with') res.setHeader('Content-Security-Policy', policy);
    res.end(isPage ? pageFor(req.headers.host ?? '') : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens nowhere');
  const { port } = address;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function typeOf(pathname: string, isPage: boolean): string {
  if (isPage || pathname === '/frame') return 'text/html; charset=utf-8';
  return pathname.endsWith('.css') ? 'text/css' : pathname.endsWith('.js') ? 'text/javascript' : 'text/plain';
}

/** The same server is another host by its name. */
function pageFor(host: string): string {
  const elsewhere = `http://${host.replace('127.0.0.1', 'localhost')}`;
  return `<!DOCTYPE html><html lang="en"><title>page</title><link rel="stylesheet" href="${elsewhere}/sheet.css">
<img src="/image" alt=""><img src="${elsewhere}/elsewhere-image" alt="">
<img src="data:," alt="" onerror="new Image().src='/said-by-handler'">
<script src="/script.js"></script><script src="${elsewhere}/elsewhere-script.js"></script>
<script>document.title = 'owned'; fetch('/said-by-script');</script>
<iframe src="${elsewhere}/frame"></iframe><object data="/object" type="text/plain"></object><audio preload="auto" src="/sound"></audio>`;
}
