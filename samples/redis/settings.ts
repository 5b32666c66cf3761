/** What the administrator writes about a Redis server. */
import { duration } from 'helpspot-gateway/contract';
import * as z from 'zod';

/** The schema. */
export const settings = z.strictObject({
  url: z
    .url({ protocol: /^rediss?$/ })
    .describe('The address of the server; rediss:// for TLS. A password in it is masked everywhere.')
    .meta({ examples: ['redis://gateway@redis.example.com:6379'] }),
  password: z.string().min(1).optional().describe('The password of the account.').meta({ secret: true }),
  connections: z.int().min(1).max(50).default(4).describe('At most so many connections at once.'),
  connectTimeout: duration('10ms', '1m', '2s')
    .default(2_000)
    .describe('The server must accept a connection within this time.'),
});

/** The settings, checked. */
export type Settings = z.output<typeof settings>;
