/** Real servers for the tests of an adapter, and a network in front of them that fails as networks do. */
import { startCutter } from '../directory/cutter.ts';
import { ServerProcess } from '../directory/process.ts';
import { lastingPort } from '../sql/restart.ts';
import type { Outage } from './subject.ts';

const HOST = '127.0.0.1';

/** A port of 127.0.0.1 on which nobody listens, and which nobody is given while its server is away. */
export async function freePort(): Promise<number> {
  return await lastingPort(HOST);
}

/** A server that runs, and ends with the tests whatever becomes of them. */
export interface RunningServer {
  readonly port: number;
  /** The end of what it wrote. */
  readonly log: string;
  stop(): Promise<void>;
  /** The same again, on the same port. */
  restart(): Promise<void>;
}

/**
 * Starts a program that is a server, on a free port of 127.0.0.1, and waits until it accepts connections:
 * `startServer('redis-server', (port) => ['--port', String(port), '--save', ''])`.
 * @throws Error with the end of its output when it is not there, ends, or does not listen within a minute
 */
export async function startServer(command: string, args: (port: number) => readonly string[]): Promise<RunningServer> {
  const port = await freePort();
  const process = new ServerProcess({ name: command, command, args: args(port), host: HOST, ports: [port] });
  await process.start();
  return {
    port,
    get log() {
      return process.log;
    },
    stop: () => process.end('SIGTERM'),
    async restart() {
      await process.end('SIGTERM');
      await process.start();
    },
  };
}

/** The way to a server: put {@link host} and {@link port} in place of the server's. As `outage` of a suite it can all of it. */
export interface Network extends Required<Outage> {
  readonly host: string;
  readonly port: number;
  /**
   * Once: the next answer of the server is thrown away and the connection breaks, so that what was asked is done and nobody
   * is told. `passing`: so many answers pass before, as that of a sign-in.
   */
  loseAnswer(passing?: number): void;
  stop(): Promise<void>;
}

/** Puts a network in front of a port of 127.0.0.1. */
export async function networkTo(port: number): Promise<Network> {
  const cutter = await startCutter({ host: HOST, port });
  return {
    host: cutter.host,
    port: cutter.port,
    begin: () => cutter.refuse(),
    end: () => cutter.restore(),
    silence: () => cutter.silence(),
    connections: () => cutter.open,
    loseAnswer: (passing) => cutter.loseAnswer(passing),
    stop: () => cutter.stop(),
  };
}
