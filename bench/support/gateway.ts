/** A gateway as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One that listens. */
export interface RunningGateway {
  readonly url: string;
  readonly child: ChildProcess;
  /** Ends it in order, and waits for that. */
  stop(): Promise<void>;
}

/**
 * Starts one; the first address that it prints is its own.
 * @param settings YAML, beside a port of its own, a quiet log and no limit of calls
 */
export async function startGateway(folder: string, name: string, settings: string): Promise<RunningGateway> {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `server: { port: 0 }\nlog: { level: warn }\naccess: { ratePerMinute: 0 }\n${settings}\n`);
  const args = ['bin/helpspot-gateway', 'serve', `--config=${file}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill()) await once(child, 'exit');
  };
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    const url = /http:\/\/[\d.]+:\d+/.exec(String(chunk))?.[0];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, child, stop };
  }
  throw new Error(`the gateway ended before it listened: ${name}`);
}
