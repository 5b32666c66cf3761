/**
 * Requests that Node's parser refuses: no handler ever sees them, and Node would close the connection without a
 * body, which HelpSpot shows as an XML error. They get a well-formed answer and a closed connection.
 */

import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../contract/index.ts';
import { knownCall } from './call.ts';
import type { Connections } from './connections.ts';
import type { HttpLimits } from './limits.ts';
import { plainAddress } from './networks.ts';
import { xmlRefusal } from './refusal-formats.ts';
import { headersFor, send } from './send.ts';

interface Complaint {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers broken requests on a server. */
export function answerBrokenRequests(server: Server, connections: Connections, log: Log, limits: HttpLimits): void {
  // The parser complains again about every further piece that arrives; those are read and thrown away.
  const answered = new WeakSet<Duplex>();

  const refuse = async (socket: Duplex, complaint: Complaint): Promise<void> => {
    answered.add(socket);
    const remote = 'remoteAddress' in socket ? socket.remoteAddress : undefined;
    const address = typeof remote === 'string' ? plainAddress(remote) : undefined;
    log.info({ status: complaint.status, address }, `call refused: ${complaint.message}`);
    const pending = connections.pending(socket);
    // The broken one has reached its handler, which waits for the rest of its body: Node keeps the order of answers.
    const waiting = pending !== undefined && !pending.req.complete && !pending.headersSent;
    if (waiting) return refuseThrough(pending, complaint);
    if (pending !== undefined) await finished(pending);
    endWith(socket, rawAnswer(complaint), limits.lingerMs);
  };

  server.on('clientError', (error, socket) => {
    if (answered.has(socket)) return;
    if (!socket.writable || isReset(error)) return void socket.destroy();
    // A socket that breaks while we answer has nobody at its end.
    socket.on('error', () => socket.destroy());
    refuse(socket, complaintOf(error, limits, 'encrypted' in socket)).catch(() => socket.destroy());
  });
  server.on('connect', (_req, socket) => {
    const message = 'The gateway is no proxy; Live Lookup takes GET and POST';
    refuse(socket, { status: 405, message, headers: { Allow: 'GET, HEAD, POST' } }).catch(() => socket.destroy());
  });
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function isReset(error: Error): boolean {
  return codeOf(error) === 'ECONNRESET' || codeOf(error) === 'EPIPE';
}

/** @param isSecure whether the call came through TLS: then its address begins as it must */
function complaintOf(error: Error, limits: HttpLimits, isSecure: boolean): Complaint {
  const code = codeOf(error);
  if (code === 'HPE_HEADER_OVERFLOW') {
    const kilobytes = Math.floor(limits.headerBytes / 1024);
    const message = `The address and the headers of the call are longer than ${kilobytes} KB together; use HTTP POST or leave out large fields`;
    return { status: 431, message };
  }
  if (code === 'HPE_INVALID_URL') {
    // HelpSpot encodes what it sends; this is somebody who tries an address by hand.
    return { status: 400, message: 'The address holds a character that must be percent-encoded; write %C3%BC for ü' };
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    return { status: 413, message: 'The chunk extensions of the call are longer than the gateway reads' };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return {
      status: 408,
      message: 'The call did not arrive whole in time; look for a slow or broken line to the gateway',
    };
  }
  if (code === 'HPE_INVALID_EOF_STATE') {
    return { status: 400, message: 'The call ended before it was whole; look for a broken line to the gateway' };
  }
  if (code === 'HPE_INVALID_HEADER_TOKEN' || code === 'HPE_CR_EXPECTED') {
    const message = 'A header of the call cannot be read; look whether the key in it has a line break or a second line';
    return { status: 400, message };
  }
  const remedy = isSecure ? 'look at what calls' : 'check that the address begins with http:// and not with https://';
  return { status: 400, message: `What arrived is not HTTP/1.1; ${remedy}` };
}

/** The head of the call has come, so it is known who reads the answer. */
function refuseThrough(res: ServerResponse, { status, message, headers }: Complaint): void {
  const { contentType, write } = knownCall(res.req)?.refusal ?? xmlRefusal;
  send(res, {
    status,
    contentType,
    body: write(message),
    headers: { ...headers, Connection: 'close' },
  });
}

/** Until an answer is written, or its connection has ended. */
function finished(res: ServerResponse): Promise<void> {
  return new Promise((done) => {
    res.once('finish', done);
    res.once('close', done);
  });
}

function rawAnswer({ status, message, headers }: Complaint): string {
  const body = xmlRefusal.write(message);
  const all = { ...headersFor(xmlRefusal.contentType, body), ...headers, Connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n');
}

/** Writes the last bytes, and goes on reading for a moment: a reset for unread bytes could overtake the answer. */
function endWith(socket: Duplex, bytes: string, lingerMs: number): void {
  if (!socket.writable) return void socket.destroy();
  socket.end(bytes);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
}
