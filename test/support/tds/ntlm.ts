/**
 * The server's side of a Windows login by NTLM ([MS-NLMP]): a challenge, and whether its answer proves the password.
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/b38c36ed-2804-4868-a9ff-8dd3182128e4
 */
import { createHmac } from 'node:crypto';
import { md4 } from './md4.ts';

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
const NEGOTIATE = 1;
const CHALLENGE = 2;
const AUTHENTICATE = 3;
/** Unicode, a target that is a domain, NTLM, extended session security, target information. [MS-NLMP] 2.2.2.5 */
const FLAGS = 0x00890205 | 0x00010000;

/** What a client answers to a challenge. */
export interface NtlmAnswer {
  readonly domain: string;
  readonly user: string;
  /** LMv2: 16 bytes of proof, 8 of the client's own challenge. */
  readonly lm: Buffer;
  /** NTLMv2: 16 bytes of proof, and what was proved beside the server's challenge; some clients leave that out. */
  readonly nt: Buffer;
}

/** Whether this begins a login. [MS-NLMP] 2.2.1.1 */
export function isNegotiate(message: Buffer): boolean {
  return isMessage(message, NEGOTIATE);
}

/** The server's challenge. https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/801a4681-8809-4be9-ab0d-61dcfe762786 */
export function challengeMessage(domain: string, challenge: Buffer): Buffer {
  const name = Buffer.from(domain, 'utf16le');
  // Pairs of attributes ([MS-NLMP] 2.2.2.1): the NetBIOS name of the domain, and the end.
  const target = Buffer.concat([numbers(2, name.length), name, numbers(0, 0)]);
  const head = Buffer.alloc(56);
  SIGNATURE.copy(head);
  head.writeUInt32LE(CHALLENGE, 8);
  writeField(head, 12, name.length, head.length);
  head.writeUInt32LE(FLAGS, 20);
  challenge.copy(head, 24);
  writeField(head, 40, target.length, head.length + name.length);
  return Buffer.concat([head, name, target]);
}

/** Undefined when it is no answer. https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/033d32cc-88f9-4483-9bf2-b273055038ce */
export function readAnswer(message: Buffer): NtlmAnswer | undefined {
  if (!isMessage(message, AUTHENTICATE) || message.length < 64) return undefined;
  const field = (at: number): Buffer => {
    const start = message.readUInt32LE(at + 4);
    return message.subarray(start, start + message.readUInt16LE(at));
  };
  const text = (at: number): string => field(at).toString('utf16le');
  return { domain: text(28), user: text(36), lm: field(12), nt: field(20) };
}

/** Whether who answered knows the password. The domain counts as it was sent, in its case. [MS-NLMP] 3.3.2 */
export function proves({ domain, user, lm, nt }: NtlmAnswer, password: string, challenge: Buffer): boolean {
  // Version 1 has 24 bytes; it is not taken.
  const response = nt.length > 24 ? nt : lm;
  if (response.length < 24) return false;
  const key = hmac(md4(Buffer.from(password, 'utf16le')), Buffer.from(user.toUpperCase() + domain, 'utf16le'));
  return hmac(key, Buffer.concat([challenge, response.subarray(16)])).equals(response.subarray(0, 16));
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return createHmac('md5', key).update(data).digest();
}

function isMessage(message: Buffer, type: number): boolean {
  return message.length >= 12 && message.subarray(0, 8).equals(SIGNATURE) && message.readUInt32LE(8) === type;
}

/** Length, room and place of something behind the head. */
function writeField(head: Buffer, at: number, length: number, offset: number): void {
  head.writeUInt16LE(length, at);
  head.writeUInt16LE(length, at + 2);
  head.writeUInt32LE(offset, at + 4);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
}
