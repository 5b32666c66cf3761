/**
 * Noticing changes of the configuration, of `.env` beside it and of the secret files it names, and of a certificate and its key.
 * Folders are watched, not files: editors and
 * `mv` put a new file in the place of the old one, and Kubernetes swaps a symbolic link in the same folder. Polling
 * finds what no event tells: network drives, mounts, links to elsewhere.
 */
import { createHash } from 'node:crypto';
import { type FSWatcher, type Stats, stat, statSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LIMITS } from './defaults.ts';
import { ENV_FILE } from './env-file.ts';
import { readTextFile } from './files.ts';
import { pathFrom } from './paths.ts';

/** Writers need some moments; what happens within this time is one change. */
const QUIET_MS = 100;
/** A folder where something happens all the time must not put a change off for ever. */
const PATIENCE_MS = 1000;
/** How late a change may be noticed where events do not arrive. */
const POLL_MS = 2000;

/**
 * Calls `onChange` after the content of the configuration, of `.env` or of a `${file:PATH}` in it has changed, been removed or
 * come back; until `signal` aborts. What counts is the content at the call of this function: call it before loading.
 * Does not keep the process alive.
 */
export function watchConfiguration(file: string, onChange: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  const path = resolve(file);
  watchUntil(signal, new Watcher(path, (text) => namedFiles(text, dirname(path)), onChange));
}

/** The same for two files that belong together: a certificate and its key. */
export function watchPair(first: string, second: string, onChange: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  watchUntil(signal, new Watcher(resolve(first), () => [resolve(second)], onChange));
}

function watchUntil(signal: AbortSignal, watcher: Watcher): void {
  watcher.start();
  signal.addEventListener('abort', () => watcher.stop(), { once: true });
}

class Watcher {
  readonly #file: string;
  /** Which others to watch, by the text of the file. */
  readonly #othersIn: (text: string) => readonly string[];
  readonly #onChange: () => void;
  readonly #folders = new Map<string, FSWatcher>();
  /** The watched files, with what their status was when they were read. */
  #files: ReadonlyMap<string, string> = new Map();
  #state = '';
  #named: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #unanswered = 0;
  #firstEvent: number | undefined;
  #stopped = false;

  constructor(file: string, othersIn: (text: string) => readonly string[], onChange: () => void) {
    this.#file = file;
    this.#othersIn = othersIn;
    this.#onChange = onChange;
  }

  start(): void {
    this.#state = this.#look();
    this.#poll = setInterval(() => this.#askFiles(), POLL_MS).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#poll);
    for (const [folder, watcher] of this.#folders) this.#dropFolder(folder, watcher);
  }

  readonly #schedule = (): void => {
    if (this.#stopped) return;
    const now = performance.now();
    this.#firstEvent ??= now;
    const patience = Math.max(0, this.#firstEvent + PATIENCE_MS - now);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#compare(), Math.min(QUIET_MS, patience)).unref();
  };

  #compare(): void {
    this.#firstEvent = undefined;
    const state = this.#look();
    if (state === this.#state) return;
    this.#state = state;
    // A folder may be another one than before under the same name: its old watcher tells nothing more.
    for (const [folder, watcher] of this.#folders) this.#dropFolder(folder, watcher);
    for (const file of this.#files.keys()) this.#watchFolder(dirname(file));
    this.#onChange();
  }

  /** The content of all files as one hash; what they name is watched from now on. */
  #look(): string {
    // The status before the content: a change in between shows at the next poll.
    const status = statusNow(this.#file);
    const configuration = readTextFile(this.#file, LIMITS.fileBytes);
    // While the configuration is away its secret files stay watched: it will come back.
    if ('text' in configuration) this.#named = this.#othersIn(configuration.text);
    this.#files = new Map([[this.#file, status], ...this.#named.map((path) => [path, statusNow(path)] as const)]);
    this.#watchFolders(new Set([...this.#files.keys()].map((path) => dirname(path))));
    const contents = [configuration, ...this.#named.map((path) => readTextFile(path, LIMITS.secretFileBytes))];
    return createHash('sha256').update(JSON.stringify(contents)).digest('hex');
  }

  /** In the background: a network drive that does not answer must not stop the gateway, nor be asked again meanwhile. */
  #askFiles(): void {
    if (this.#unanswered > 0) return;
    for (const [file, before] of this.#files) {
      this.#unanswered += 1;
      stat(file, (_error, stats) => {
        this.#unanswered -= 1;
        if (statusOf(stats) !== before) this.#schedule();
      });
    }
  }

  #watchFolders(wanted: ReadonlySet<string>): void {
    for (const [folder, watcher] of this.#folders) {
      if (!wanted.has(folder)) this.#dropFolder(folder, watcher);
    }
    for (const folder of wanted) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    if (this.#folders.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false }, this.#schedule);
      // A folder that is taken away: polling goes on, and the next look watches the new one.
      watcher.on('error', () => this.#dropFolder(folder, watcher));
      this.#folders.set(folder, watcher);
    } catch {
      // No folder, or no more watchers in this system: polling alone.
    }
  }

  #dropFolder(folder: string, watcher: FSWatcher): void {
    watcher.close();
    this.#folders.delete(folder);
  }
}

function statusNow(file: string): string {
  try {
    return statusOf(statSync(file));
  } catch {
    return statusOf(undefined);
  }
}

function statusOf(stats: Stats | undefined): string {
  return stats === undefined ? '' : [stats.dev, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join();
}

/** `.env` and the files that a configuration names with `${file:PATH}`, where they are there: absolute paths, each once. */
export function secretFiles(file: string): readonly string[] {
  const configuration = readTextFile(file, LIMITS.fileBytes);
  const named = 'text' in configuration ? namedFiles(configuration.text, dirname(file)) : [];
  return named.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

/** `.env`, and the paths of every `${file:PATH}` in a text, comments included: watching one too many does no harm. */
function namedFiles(text: string, folder: string): readonly string[] {
  const [, ...parts] = text.split('${file:');
  const named = parts.map((part) => part.slice(0, Math.max(0, part.indexOf('}')))).filter((path) => path !== '');
  const paths = [ENV_FILE, ...named].map((path) => pathFrom(folder, path));
  return [...new Set(paths)].sort();
}
