/** The certificate of the gateway, followed: who renews it puts new files in the place of the old ones. */
import { watchPair } from '../config/watch.ts';
import { UserError } from '../contract/index.ts';
import { failureFields } from '../gateway/failure.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { RunningServer } from '../http/listen.ts';

/** Certificate and key are two files, and between them some programs take their time. */
const SETTLE_MS = 2_000;
/** How often the log says that one is about to expire. */
const DAY_MS = 24 * 60 * 60 * 1000;

/** See {@link followCertificate}. */
export interface FollowedCertificate {
  /** To be called when the configuration was read again: it may name other files. */
  follow(): void;
  stop(): void;
}

/**
 * Serves a new certificate as soon as its files change. One that cannot be used is told in the log, once for each
 * content of the files, and the old one goes on serving.
 */
export function followCertificate(gateway: Gateway, server: RunningServer): FollowedCertificate {
  let watching = new AbortController();
  let watched = '';
  let settling: NodeJS.Timeout | undefined;
  const renew = (isLast: boolean, isReminder = false) => {
    clearTimeout(settling);
    try {
      server.renewCertificate(isReminder);
    } catch (error) {
      if (!isLast) {
        settling = setTimeout(() => renew(true), SETTLE_MS).unref();
        return;
      }
      const fields = error instanceof UserError ? { problem: error.message } : failureFields(error);
      gateway.log.error(fields, 'the new certificate cannot be used; the old one goes on serving');
    }
  };
  const follow = () => {
    const { tls } = gateway.plan.server;
    const files = tls === undefined ? '' : JSON.stringify([tls.cert, tls.key]);
    if (files === watched) return;
    watching.abort();
    watching = new AbortController();
    watched = files;
    if (tls === undefined) return;
    watchPair(tls.cert, tls.key, () => renew(false), watching.signal);
    // Read after they are watched, so that no change falls between the two.
    renew(true);
  };
  follow();
  const daily = setInterval(() => renew(true, true), DAY_MS).unref();
  return {
    follow,
    stop() {
      watching.abort();
      clearTimeout(settling);
      clearInterval(daily);
    },
  };
}
