/** What the administrator writes under `sources:`, each key with a description. */
import { httpShape, webAddress } from 'helpspot-gateway/kit/http';
import * as z from 'zod';

/** Strict, so that a slip of the pen is told with its line. */
export const settings = z.strictObject({
  url: webAddress.describe('The address of the system.').meta({ examples: ['https://my-system.example.com'] }),
  token: z
    .string()
    .min(1)
    .describe('The token of the account that the gateway acts for.')
    // It is masked in messages, the log and the console; `secret` says so for keys whose name does not.
    .meta({ secret: true, examples: ['${TOKEN}'] }),
  ...httpShape,
});
