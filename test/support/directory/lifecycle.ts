/** What every directory server does in the same way: its folder, its process, its end. */
import { rmSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepts, type ServerProcess } from './process.ts';
import type { DirectoryServer } from './server.ts';

const folders = new Set<string>();
// `stop` removes a folder; this is for tests that ended without it.
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder for one server. */
export async function serverFolder(parent = tmpdir()): Promise<string> {
  // Short: the path of a Unix socket in it has at most 107 bytes.
  const folder = await realpath(await mkdtemp(join(parent, 'hg-dir-')));
  folders.add(folder);
  return folder;
}

/** Removes it. */
export async function removeServerFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.delete(folder);
}

/** What differs from server to server. */
export interface ServerParts {
  readonly server: Omit<
    DirectoryServer,
    | 'url'
    | 'tlsUrl'
    | 'log'
    | 'bindPassword'
    | 'stop'
    | 'kill'
    | 'restart'
    | 'pause'
    | 'resume'
    | 'setPassword'
    | 'change'
  >;
  readonly folder: string;
  readonly process: ServerProcess;
  readonly bindPassword: string;
  setPassword(password: string): Promise<void>;
  change(ldif: string): Promise<void>;
}

/** The face of a server whose process has been started. */
export function directoryServer(parts: ServerParts): DirectoryServer {
  const { server, folder, process, bindPassword, setPassword, change } = parts;
  let password = bindPassword;
  return {
    ...server,
    url: `ldap://${server.host}:${server.port}`,
    tlsUrl: `ldaps://${server.host}:${server.tlsPort}`,
    get log() {
      return process.log;
    },
    get bindPassword() {
      return password;
    },
    async stop() {
      await process.end('SIGTERM');
      await removeServerFolder(folder);
    },
    kill: () => process.end('SIGKILL'),
    async restart() {
      await process.end('SIGTERM');
      await process.start();
    },
    pause: () => process.pause(),
    resume: () => process.signal('SIGCONT'),
    async setPassword(next) {
      await setPassword(next);
      password = next;
    },
    change,
  };
}

/** Makes a server answer again, with the password that it had; the entries of these servers are only read. */
export function renewed(password: string): (server: DirectoryServer) => Promise<void> {
  return async (server) => {
    server.resume();
    if (!(await accepts(server.host, server.port))) await server.restart();
    if (server.bindPassword !== password) await server.setPassword(password);
  };
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(host: string, count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening(host, 0)));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Whether nobody listens on any of the ports of that address, and we may. */
export async function areFree(host: string, ports: readonly number[]): Promise<boolean> {
  for (const port of ports) {
    try {
      const server = await listening(host, port);
      await new Promise((resolve) => server.close(resolve));
    } catch {
      return false;
    }
  }
  return true;
}

async function listening(host: string, port: number) {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}
