/** The nginx in front of several gateways: the file of `deploy/several/`, with the addresses of those that run here. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { requireServers } from '../directory/availability.ts';
import { ServerProcess } from '../directory/process.ts';
import type { Availability } from '../packages.ts';
import { lastingPort } from '../sql/restart.ts';

const HOST = '127.0.0.1';
/** Benchmarks run from a bundle, which lies elsewhere: both are started in the project's folder. */
const FILE = resolve('deploy/several/nginx.conf');
const SERVER = /^( *server )gateway-1:8787( .*)\n *server gateway-2:8787 .*$/gm;

/** One that runs. */
export interface Balancer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether there is one; on Debian as root it is installed. */
export function requireNginx(): Promise<Availability> {
  return requireServers(['nginx'], ['nginx-light'], 'several gateways are tried behind it');
}

/**
 * @param folder for its own files
 * @param file what is in `http { }`
 */
export async function startBalancer(nginx: string, folder: string, ports: readonly number[]): Promise<Balancer> {
  const port = await lastingPort(HOST);
  await mkdir(folder, { recursive: true });
  const conf = join(folder, 'nginx.conf');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder};`);
  const main = `daemon off;\nmaster_process off;\npid ${folder}/nginx.pid;\nerror_log ${folder}/error.log;
events { worker_connections 1024; }\nhttp {\n${paths.join('\n')}\n${await balancing(folder, port, ports)}\n}\n`;
  await writeFile(conf, main);
  const args = ['-p', folder, '-c', conf];
  const server = new ServerProcess({ name: 'nginx', command: nginx, args, host: HOST, ports: [port] });
  await server.start();
  return { url: `http://${HOST}:${port}`, stop: () => server.end('SIGTERM') };
}

/** The file with other addresses, and nothing else changed. @throws Error when it is not as it is known here */
async function balancing(folder: string, port: number, ports: readonly number[]): Promise<string> {
  const text = await readFile(FILE, 'utf8');
  let changed = 0;
  const put = (what: string | RegExp, by: (all: string, ...groups: string[]) => string) => (from: string) =>
    from.replaceAll(what, (...words) => {
      changed += 1;
      return by(String(words[0]), ...words.slice(1, 3).map(String));
    });
  const servers = put(SERVER, (_, server, more) => ports.map((at) => `${server}${HOST}:${at}${more}`).join('\n'));
  const listens = put('listen 8080;', () => `listen ${HOST}:${port};`);
  const logs = put('/var/log/nginx/access.log', () => join(folder, 'access.log'));
  const made = logs(listens(servers(text)));
  if (changed !== 4) throw new Error(`${FILE} has other addresses than startBalancer knows`);
  return made;
}
