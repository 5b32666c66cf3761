/**
 * "100 Continue" that nobody asked for: some servers send it before the answer to every POST, and it can be discarded (RFC 9110,
 * 15.2.1). The library takes it for a broken connection, so that what was done there would never be confirmed.
 */
import type { Socket } from 'node:net';

const STARTS = ['HTTP/1.1 100', 'HTTP/1.0 100'];
const START_BYTES = 12;
const END = '\r\n\r\n';
/** Of all of them before one answer. A server says little in it. */
const LONGEST = 4_096;

/** What is read of the socket from now on begins with the answer. */
export function withoutContinue(socket: Socket): void {
  const read = socket.read.bind(socket);
  // How much had been sent when the last answer began: behind its first bytes the same ones are data.
  let answered = 0;
  let left = LONGEST;
  let held: Buffer = Buffer.alloc(0);
  socket.read = (size?: number) => {
    const chunk: unknown = read(size);
    if (!Buffer.isBuffer(chunk) || socket.bytesWritten === answered) return chunk;
    let bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (let end = 0; isContinue(bytes); bytes = bytes.subarray(end)) {
      end = bytes.indexOf(END) + END.length;
      const isWhole = end >= END.length;
      if (isWhole ? end > left : bytes.length > left) break;
      if (!isWhole) {
        held = bytes;
        return null;
      }
      left -= end;
    }
    held = Buffer.alloc(0);
    if (bytes.length === 0) return null;
    answered = socket.bytesWritten;
    left = LONGEST;
    return bytes;
  };
}

/** Or may become it. */
function isContinue(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, START_BYTES);
  return start !== '' && STARTS.some((one) => one.startsWith(start));
}
