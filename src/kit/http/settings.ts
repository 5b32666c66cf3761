/** What every web adapter can be told about the way to its system. Spread {@link httpShape} into a `z.strictObject`. */
import * as z from 'zod';

const MOST_REQUESTS_PER_SECOND = 1000;

/** The address of a web system or of one of its pages. */
export const webAddress = z.url({ protocol: /^https?$/, abort: true });

const tls = z.strictObject({
  ca: z
    .string()
    .min(1)
    .optional()
    .describe('A PEM file with certificate authorities to trust too, relative to the configuration file.')
    .meta({ examples: ['company-ca.pem'] }),
  verify: z
    .boolean()
    .optional()
    .describe(
      'false accepts any certificate: whoever is between the gateway and the system can then read and change everything. Name the authority in ca instead.',
    ),
});

const proxy = z
  .union([z.literal('none'), webAddress])
  .optional()
  .describe(
    'The HTTP proxy on the way out, or none. Left out: HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment.',
  )
  .meta({ examples: ['http://proxy.example.com:3128'] });

/** The settings `tls`, `proxy` and `requestsPerSecond`; all can be left out. */
export const httpShape = {
  tls: tls.optional().describe('Which certificates are trusted.'),
  proxy,
  requestsPerSecond: z
    .number()
    .positive()
    .max(MOST_REQUESTS_PER_SECOND)
    .optional()
    .describe('At most so many requests in a second; more of them wait their turn. May be a fraction: 0.5.')
    .meta({ examples: [10] }),
};

/** Of these, what does not decide what is found (`reachedBy` of the adapter): behind another proxy there may be another system. */
export const httpReach = ['tls', 'requestsPerSecond'] as const;

const httpSettings = z.object(httpShape);

/** The values of {@link httpShape}. */
export type HttpSettings = z.output<typeof httpSettings>;
