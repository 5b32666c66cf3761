/**
 * Tells systemd how the service stands: ready, reading its configuration again, stopping, alive.
 * https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
 *
 * The messages are datagrams on a Unix socket, which Node.js does not have: `systemd-notify` sends them, as a child
 * process of some milliseconds (NotifyAccess=all lets it).
 */
import { execFile } from 'node:child_process';
import type { Log } from '../contract/index.ts';
import { codeOf, messageOf } from '../kit/text/index.ts';

/** The service manager that has started the gateway; says nothing where none has. */
export interface ServiceManager {
  /** @param status a line that `systemctl status` shows */
  ready(status: string): void;
  reloading(): void;
  /** Ends when it is told, or cannot be. */
  stopping(): Promise<void>;
}

/** A child process that starts in this time does; a machine that needs longer has other troubles. Milliseconds. */
const TELL_MS = 5_000;

const NOBODY: ServiceManager = { ready() {}, reloading() {}, async stopping() {} };

/** The service manager by the environment that it gives. Its watchdog is served from the first call of `ready` on. */
export function serviceManager(
  environment: Readonly<Record<string, string | undefined>>,
  log: Pick<Log, 'warn'>,
): ServiceManager {
  const socket = environment['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return NOBODY;
  let telling = Promise.resolve();
  let hasFailed = false;
  const tell = (...words: readonly string[]): Promise<void> => {
    // One after the other: READY must not overtake RELOADING.
    telling = telling
      .then(() => systemdNotify(words, { ...process.env, NOTIFY_SOCKET: socket }))
      .catch((error: unknown) => {
        if (hasFailed) return;
        hasFailed = true;
        const problem = codeOf(error) === 'ENOENT' ? 'systemd-notify is not there' : messageOf(error).slice(0, 200);
        log.warn({ problem }, 'systemd cannot be told how the service stands; with Type=notify it will end it');
      });
    return telling;
  };
  const everyMs = watchdogMs(environment);
  let watchdog: NodeJS.Timeout | undefined;
  let isAlive = true;
  // A timer of the event loop: when that stands still, nothing is told, and systemd starts the gateway anew.
  const beat = () => {
    if (!isAlive) return;
    isAlive = false;
    void tell('WATCHDOG=1').then(() => {
      isAlive = true;
    });
  };
  return {
    ready(status) {
      void tell('--ready', `--status=${status}`);
      if (everyMs !== undefined) watchdog ??= setInterval(beat, everyMs).unref();
    },
    reloading: () => void tell('RELOADING=1'),
    stopping() {
      clearInterval(watchdog);
      return tell('STOPPING=1');
    },
  };
}

/** How often the watchdog wants to hear: at half of its time, as sd_watchdog_enabled(3) has it. Undefined: never. */
function watchdogMs(environment: Readonly<Record<string, string | undefined>>): number | undefined {
  const microseconds = Number(environment['WATCHDOG_USEC']);
  const pid = environment['WATCHDOG_PID'];
  if (!(microseconds > 0) || (pid !== undefined && pid !== String(process.pid))) return undefined;
  return Math.max(10, microseconds / 2_000);
}

function systemdNotify(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((told, failed) => {
    execFile('systemd-notify', [...words], { env: environment, timeout: TELL_MS }, (error) => {
      if (error === null) told();
      else failed(error);
    });
  });
}
