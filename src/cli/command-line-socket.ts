/** The Unix socket, or the named pipe of Windows, over which `bin/livelookup` asks a gateway that serves: made at the start, removed at the end. */
import { existsSync, readFileSync } from 'node:fs';
import { lstat, rename, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import type { Gateway } from '../gateway/gateway.ts';
import type { SocketPlan } from '../gateway/plan.ts';
import { newReference } from '../gateway/reference.ts';
import { codeOf, messageOf } from '../kit/text/index.ts';
import { makeFolder } from '../store/folder.ts';
import { answeringServer } from './socket-answers.ts';

/** `sun_path` of Linux is one byte longer (unix(7)); other systems have less, and say so themselves. */
const PATH_BYTES = 107;
/** A listener on this machine takes a connection at once, whatever it does. */
const PROBE_MS = 1_000;
/** What others may not do with the socket: the system asks for the right to write. */
const UMASK = { owner: 0o177, group: 0o117 } as const;

/** A socket that is open, or none. */
export interface CommandLineSocket {
  /** Answers the calls in hand, and removes the socket. */
  close(): Promise<void>;
}

const NONE: CommandLineSocket = { close: async () => {} };

/**
 * Opens the socket of the configuration. Without one the gateway serves all the same, and the log says why.
 * @param packageRoot the folder of this package, where `bin/livelookup` has its build
 * @param platform of the machine; tests name another
 */
export async function openCommandLineSocket(
  gateway: Gateway,
  packageRoot: string,
  platform = process.platform,
): Promise<CommandLineSocket> {
  const { socket } = gateway.plan.server;
  if (socket === undefined) return NONE;
  const { file } = socket;
  try {
    const server = answeringServer(gateway, buildOf(packageRoot));
    // A pipe is no file: it is there as long as somebody listens, Windows lets nobody else begin to, and libuv gives it the
    // rights that Windows gives where none are named. https://learn.microsoft.com/windows/win32/ipc/named-pipe-security-and-access-rights
    const inode = platform === 'win32' ? await listening(server, file) : await openedAt(socket, server);
    gateway.log.info({ file }, 'bin/livelookup is answered over this socket');
    return { close: () => closed(server, file, inode) };
  } catch (error) {
    const problem = messageOf(error);
    gateway.log.info(
      { file, problem },
      'there is no socket for bin/livelookup, which answers by itself; see server.socket',
    );
    return NONE;
  }
}

/** @throws when the program is not built */
function buildOf(packageRoot: string): string {
  const file = join(packageRoot, 'dist/livelookup/build');
  if (!existsSync(file)) throw new Error('bin/livelookup is not built');
  return readFileSync(file, 'latin1').trim();
}

/** @returns the number of the file, by which it is known at the end */
async function openedAt({ file, access }: SocketPlan, server: Server): Promise<bigint> {
  // Made under another name, with its rights, and then put in the place of one that nobody listens at any more.
  const made = join(dirname(file), `.${newReference()}`);
  const bytes = Math.max(Buffer.byteLength(file), Buffer.byteLength(made));
  if (bytes > PATH_BYTES) throw new Error(`its path has ${bytes} bytes, and the system takes ${PATH_BYTES}`);
  makeFolder(dirname(file));
  await refuseTaken(file);
  const before = process.umask(UMASK[access]);
  const begun = listening(server, made);
  process.umask(before);
  await begun;
  try {
    const { ino } = await lstat(made, { bigint: true });
    await rename(made, file);
    return ino;
  } catch (error) {
    server.close();
    throw error;
  }
}

function listening(server: Server, path: string): Promise<undefined> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(undefined));
  });
}

/** @throws when there is something else than a socket that nobody listens at */
async function refuseTaken(file: string): Promise<void> {
  const found = await lstat(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error('there is a file of this name that is no socket');
  const answer = await probe(file);
  if (answer !== 'ECONNREFUSED') throw new Error(`another gateway has it (${answer})`);
}

/** What the system says to who connects: a code, or that somebody listens. */
function probe(file: string): Promise<string> {
  return new Promise((resolve) => {
    const connection = connect(file);
    const end = (answer: string) => {
      connection.destroy();
      resolve(answer);
    };
    connection.setTimeout(PROBE_MS, () => end('it does not answer'));
    connection.once('connect', () => end('it listens'));
    connection.once('error', (error) => end(codeOf(error)));
  });
}

/** @param inode undefined: there is no file to remove */
async function closed(server: Server, file: string, inode: bigint | undefined): Promise<void> {
  // Before anything else, so that who comes now answers by himself. One of another gateway stays.
  const found = inode === undefined ? undefined : await lstat(file, { bigint: true }).catch(() => undefined);
  if (found !== undefined && found.ino === inode) await rm(file, { force: true });
  // Calls in hand end at their deadline, or before.
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
