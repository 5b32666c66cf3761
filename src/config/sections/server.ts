/** `server:` */

import { dirname } from 'node:path';
import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import type { ServerPlan } from '../../gateway/plan.ts';
import { parsedAddress } from '../../kit/text/index.ts';
import { DEFAULTS } from '../defaults.ts';
import { pathFrom } from '../paths.ts';
import { pipeOf } from '../pipe.ts';
import { network } from './common.ts';

const pemFile = (what: string, example: string) =>
  z
    .string()
    .min(1)
    .refine((text) => !text.includes('-----BEGIN'), 'is the text itself; write the name of the file that holds it')
    .meta({
      description: `The PEM file ${what}, relative to the configuration file. It is read again when it changes.`,
      title: 'the name of a PEM file',
      examples: [example],
    });

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
    tls: z
      .strictObject({
        cert: pemFile(
          'with the certificate of this machine, then those of the authorities between',
          'tls/fullchain.pem',
        ),
        key: pemFile('with the key of the certificate', 'tls/privkey.pem'),
      })
      .meta({
        description: 'The gateway speaks TLS itself (https), without a reverse proxy.',
        examples: [{ cert: 'tls/fullchain.pem', key: 'tls/privkey.pem' }],
      })
      .optional(),
    publicAddress: z
      .string()
      .refine(
        (text) => isPublicAddress(text),
        'must be where HelpSpot reaches the gateway, without a key in it; write https://gateway.example.com',
      )
      .meta({
        description: 'Where HelpSpot reaches the gateway, where that is not where it listens.',
        examples: ['https://gateway.example.com'],
      })
      .optional(),
    socket: z
      .string()
      .min(1)
      .meta({
        title: 'the path of a Unix socket, or the name of a pipe of Windows',
        description:
          'Where bin/livelookup asks this gateway, when it serves on the same machine. It finds the default by itself (on Windows a named pipe); another is named to it: --socket=FILE.',
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
  .transform(
    ({ deadline, publicAddress, socket: file, socketAccess: access, ...rest }): ServerPlan => ({
      ...rest,
      deadlineMs: deadline,
      socket: access === 'none' ? undefined : { file, access },
      publicAddress: publicAddress?.replace(/\/$/, ''),
    }),
  );

/** With the paths of its files absolute. @param file the configuration */
export function serverAt(server: ServerPlan, file: string): ServerPlan {
  const { tls, socket } = server;
  const from = (path: string) => pathFrom(dirname(file), path);
  return {
    ...server,
    tls: tls && { cert: from(tls.cert), key: from(tls.key) },
    socket: socket && { ...socket, file: pipeOf(socket.file, file) ?? from(socket.file) },
  };
}

function isPublicAddress(text: string): boolean {
  const address = /^https?:\/\//i.test(text) ? parsedAddress(text) : undefined;
  if (address === undefined || text.length > 500) return false;
  return address.username + address.password + address.search + address.hash === '' && !/\/k\//.test(address.pathname);
}

/** Whether only this machine can reach the address. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
