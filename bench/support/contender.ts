/** One side of a benchmark: a web server that answers lookups, with all the processes that it takes. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../test/support/directory/lifecycle.ts';
import { ServerProcess } from '../../test/support/directory/process.ts';

export const HOST = '127.0.0.1';

/** Something that is started, asked and ended. */
export class Contender {
  /** `http://127.0.0.1:8787` */
  readonly url: string;
  /** Its own; the command lines of its processes name it. */
  readonly folder: string;
  readonly #processes: readonly ServerProcess[];

  constructor(url: string, folder: string, processes: readonly ServerProcess[]) {
    this.url = url;
    this.folder = folder;
    this.#processes = processes;
  }

  /** The end of what it has written. */
  get log(): string {
    return this.#processes.map(({ log }) => log).join('\n');
  }

  /** Ends when all of it listens. */
  async start(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.start()));
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.end('SIGTERM')));
  }
}

/** The gateway as it is built, with one lookup called `default`. `folder` is made. */
export async function gatewayContender(
  folder: string,
  { source, lookup }: { readonly source: object; readonly lookup: object },
): Promise<Contender> {
  const [port = 0] = await freePorts(HOST, 1);
  const file = join(folder, 'gateway.yaml');
  const configuration = {
    server: { host: HOST, port },
    log: { level: 'warn' },
    access: { ratePerMinute: 0 },
    sources: { customers: source },
    lookups: { default: { sources: 'customers', ...lookup } },
  };
  await mkdir(folder);
  // YAML reads JSON.
  await writeFile(file, JSON.stringify(configuration));
  const gateway = new ServerProcess({
    name: 'gateway',
    command: process.execPath,
    args: ['bin/helpspot-gateway', 'serve', `--config=${file}`],
    host: HOST,
    ports: [port],
  });
  return new Contender(`http://${HOST}:${port}`, folder, [gateway]);
}
