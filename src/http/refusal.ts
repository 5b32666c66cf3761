/** Calls that are not answered, and why. */
import type { RequestHandler } from 'express';

/** A call is refused. `message` is for the caller: what is wrong and what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** For an address where there is nothing. */
export const nothingHere: RequestHandler = () => {
  throw new Refusal(
    404,
    'There is nothing at this address. Live Lookup is at /livelookup/NAME (with the key in the path: ' +
      '/k/KEY/livelookup/NAME), the same as JSON at /api/lookups/NAME, AJAX fields at /ajax/NAME, Request Push at /push/NAME, webhooks at /webhooks/NAME, events of other systems at /events/NAME, ' +
      'the health of the gateway at /healthz and /readyz, its figures at /metrics',
  );
};

/** For the other methods of an address. GET takes HEAD too. */
export function takesOnly(...methods: readonly ('GET' | 'POST')[]): RequestHandler {
  const allow = methods.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])).join(', ');
  return ({ method }) => {
    throw new Refusal(405, `This address takes ${methods.join(' and ')}, not ${method}`, { Allow: allow });
  };
}
