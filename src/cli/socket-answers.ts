/**
 * What `bin/livelookup` asks a gateway that serves. A question is a POST whose body has the build of the program, the
 * absolute path of its configuration, and its arguments, each with a zero behind it. The answer is line ends while there is
 * none, then the XML, then the exit status. Whatever else is said is a refusal: the program then answers by itself.
 */
import { realpath } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isUnchanged } from '../config/load.ts';
import { UserError } from '../contract/index.ts';
import { failureFields } from '../gateway/failure.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { textOfBytes } from '../helpspot/bytes.ts';
import { goneController } from '../http/gone.ts';
import { httpLimits } from '../http/limits.ts';
import { type OwnOptions, ownLookup, ownOptions, refuseMisplaced } from './own-options.ts';
import { argumentsIn } from './raw-arguments.ts';

/** The limits of the socket beside those of HTTP, each with its reason. */
const SOCKET_LIMITS = {
  // All arguments of a program are at most this long (Linux: a quarter of the stack, some 2 MB; at most 6 MB).
  bodyBytes: httpLimits.bodyBytes,
  // A help desk makes ten clicks a second; this is an outage of a source, and then each lookup has its own process.
  calls: 64,
  // Whoever calls is a program on this machine that sends at once.
  requestTimeoutMs: 5_000,
  // Eight beats fit into the two seconds after which a program takes the gateway for hanging; curl does that below 500
  // bytes a second.
  beatMs: 250,
  beat: '\n'.repeat(1024),
} as const;

/** What the program reads of an answer: anything but this is a refusal. */
const ANSWERED = 200;
const REFUSED = 409;
const BUSY = 503;

/** Why a question is not answered here. */
class NotHere extends Error {
  readonly status: number;

  constructor(message: string, status: number = REFUSED) {
    super(message);
    this.status = status;
  }
}

/** Makes the server; it does not listen. @param build of `bin/livelookup` as it belongs to this gateway */
export function answeringServer(gateway: Gateway, build: string): Server {
  let calls = 0;
  const server = createServer(
    {
      headersTimeout: SOCKET_LIMITS.requestTimeoutMs,
      requestTimeout: SOCKET_LIMITS.requestTimeoutMs,
      connectionsCheckingInterval: httpLimits.timeoutCheckMs,
      requireHostHeader: false,
    },
    (req, res) => {
      // One question a connection: who asks is a process of its own.
      res.shouldKeepAlive = false;
      calls += 1;
      const answered = calls > SOCKET_LIMITS.calls ? Promise.reject(new NotHere('busy', BUSY)) : answer(req, res);
      void answered
        .catch((error: unknown) => refuse(res, error, gateway))
        .finally(() => {
          calls -= 1;
        });
    },
  );
  // Each waits for its answer; a few more are told that there are too many.
  server.maxConnections = SOCKET_LIMITS.calls * 2;
  return server;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const controller = goneController(res);
    const own = await questionIn(await bodyOf(req), build, gateway);
    const beat = setInterval(() => res.write(SOCKET_LIMITS.beat), SOCKET_LIMITS.beatMs);
    try {
      const { xml, failure } = await ownLookup(own, { gateway, controller });
      res.end(xml + (failure === undefined ? 0 : 1));
    } finally {
      clearInterval(beat);
    }
  }
}

/** @throws {NotHere} for one of another version, and of another configuration than the one in force */
async function questionIn(body: Buffer, build: string, { plan }: Gateway): Promise<OwnOptions> {
  const [asker, file, ...args] = argumentsIn(body).map(textOfBytes);
  if (asker !== build || file === undefined) throw new NotHere('another version of bin/livelookup');
  const [asked, served] = await Promise.all([file, plan.file].map((path) => realpath(path).catch(() => undefined)));
  if (asked === undefined || asked !== served) throw new NotHere('another configuration');
  if (!(await isUnchanged(plan))) throw new NotHere('the configuration has changed, and is not in force yet');
  if (args.length === 1 && (args[0] === '--help' || args[0] === '--version')) throw new NotHere('no lookup');
  const own = ownOptions(args);
  refuseMisplaced(own.rest);
  return own;
}

/** @throws {NotHere} when it is too long @throws when the caller goes */
async function bodyOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > SOCKET_LIMITS.bodyBytes) throw new NotHere('too many arguments', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What is wrong with the arguments is said by the program itself, to who started it. */
function refuse(res: ServerResponse, error: unknown, { log }: Gateway): void {
  const status = error instanceof NotHere ? error.status : error instanceof UserError ? REFUSED : 500;
  if (status === 500 && !res.destroyed) log.error(failureFields(error), 'the command line was not answered, by a bug');
  if (res.headersSent) return void res.destroy();
  // Never the words: they may quote an argument.
  res.writeHead(status === ANSWERED ? REFUSED : status).end();
  res.req.resume();
}
