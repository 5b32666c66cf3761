/** `server:` */

import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import type { ServerPlan } from '../../gateway/plan.ts';
import { DEFAULTS } from '../defaults.ts';
import { network } from './common.ts';

/** Where the gateway listens; comes out as the plan has it, times in milliseconds, the path of the socket as written. */
export const serverSection = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9._:-]+$/)
      .meta({
        title: 'an address of this machine, or its name',
        description: 'Where the gateway listens. 0.0.0.0 and :: are every address of the machine; that needs a key.',
        examples: [DEFAULTS.host],
      })
      .default(DEFAULTS.host),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .meta({ description: 'The TCP port; 0 takes any that is free.', examples: [DEFAULTS.port] })
      .default(DEFAULTS.port),
    deadline: duration('100ms', '2m')
      .meta({ description: 'Every call is answered within this time, whatever the sources do.', examples: ['5s'] })
      .prefault(DEFAULTS.deadline),
    trustProxy: z
      .array(network())
      .meta({
        description: 'Reverse proxies in front of the gateway: their X-Forwarded-For says who calls.',
        examples: [['10.0.0.0/8']],
      })
      .default([]),
    socket: z
      .string()
      .min(1)
      .meta({
        title: 'the path of a Unix socket',
        description:
          'Where bin/livelookup asks this gateway, when it serves on the same machine. It finds the default by itself; another path is named to it: --socket=FILE.',
        examples: [DEFAULTS.socketFile],
      })
      .default(DEFAULTS.socketFile),
    socketAccess: z
      .enum(['owner', 'group', 'none'])
      .meta({
        description:
          'Who may open the socket: the account of the gateway, or the group of the socket as well; none makes no socket.',
        examples: ['group'],
      })
      .default('owner'),
  })
  .meta({ description: 'Where the gateway listens and how long a caller waits at most.', examples: [{ port: 8787 }] })
  .transform(({ host, port, deadline, trustProxy, socket: file, socketAccess: access }): ServerPlan => {
    const socket = access === 'none' ? undefined : { file, access };
    return { host, port, deadlineMs: deadline, trustProxy, socket };
  });

/** Whether only this machine can reach the address. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
