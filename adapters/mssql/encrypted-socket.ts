/**
 * A socket that lets a login out under TLS only.
 *
 * The driver asks for TLS, but goes on without when the server answers that it has none (`ENCRYPT_OFF`, `ENCRYPT_NOT_SUP`).
 * Whoever stands in between could answer so and read the password. [MS-TDS] 2.2.6.5 wants a client that asked
 * for encryption to end the connection then, so this is seen to here, on the bytes, whatever the driver does.
 */
import { once } from 'node:events';
import { Socket } from 'node:net';

/** The only packets that go out before TLS: the greeting, and the handshake wrapped in the same. [MS-TDS] 2.2.3.1.1 */
const PRELOGIN = 0x12;
/** The first byte of a record of TLS, of which no packet's type is one. RFC 5246, 6.2.1 */
const TLS_RECORDS = { first: 0x14, last: 0x17 };

/** What the driver was about to send could have been read on the way. */
export class PlainTextError extends Error {
  readonly code = 'EPLAINTEXT';

  constructor() {
    super('the server answered that it does not encrypt');
    this.name = 'PlainTextError';
  }
}

type Done = (error?: Error | null) => void;

/** Breaks, before a byte of it left, when something is written that is neither a greeting nor TLS. */
class EncryptedSocket extends Socket {
  #secure = false;

  override _write(chunk: unknown, encoding: BufferEncoding, done: Done): void {
    if (this.#passes(chunk)) super._write(chunk, encoding, done);
    else done(new PlainTextError());
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], done: Done): void {
    if (chunks.every(({ chunk }) => this.#passes(chunk))) super._writev?.(chunks, done);
    else done(new PlainTextError());
  }

  /** The driver writes whole packets. After the first record everything is TLS, and may be cut anywhere. */
  #passes(chunk: unknown): boolean {
    if (this.#secure) return true;
    const type = Buffer.isBuffer(chunk) ? chunk[0] : undefined;
    if (type === undefined) return false;
    this.#secure = type >= TLS_RECORDS.first && type <= TLS_RECORDS.last;
    return this.#secure || type === PRELOGIN;
  }
}

/**
 * The driver's `connector`: connects to what it is about to talk to, which after a named instance or a
 * redirection of Azure is not what the settings say.
 * @param given host and port; how to look names up; the signal that ends the attempt
 * @throws what the network says
 */
export async function connectEncrypted(...given: readonly unknown[]): Promise<Socket> {
  const [target, , signal] = given;
  if (!isTarget(target)) throw new TypeError('the driver names no host and port to connect to');
  const socket = new EncryptedSocket();
  try {
    const connected = once(socket, 'connect', signal instanceof AbortSignal ? { signal } : {});
    socket.connect({ host: target.host, port: target.port });
    await connected;
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function isTarget(value: unknown): value is { readonly host: string; readonly port: number } {
  if (typeof value !== 'object' || value === null) return false;
  return 'host' in value && typeof value.host === 'string' && 'port' in value && typeof value.port === 'number';
}
