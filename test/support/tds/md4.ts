/** MD4 (RFC 1320), in which Windows keeps passwords; OpenSSL does not give it any more. */

const BLOCK = 64;
/** Which words the three rounds take in which order, how far they turn, and what they add (RFC 1320, 3.4). */
const ROUNDS = [
  {
    mix: (x: number, y: number, z: number) => (x & y) | (~x & z),
    add: 0,
    turns: [3, 7, 11, 19],
    order: range((k) => k),
  },
  {
    mix: (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
    add: 0x5a827999,
    turns: [3, 5, 9, 13],
    order: range((k) => (k % 4) * 4 + Math.floor(k / 4)),
  },
  {
    mix: (x: number, y: number, z: number) => x ^ y ^ z,
    add: 0x6ed9eba1,
    turns: [3, 9, 11, 15],
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
  },
] as const;

/** The 16 bytes of the digest. */
export function md4(data: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil((data.length + 9) / BLOCK) * BLOCK);
  data.copy(padded);
  padded.writeUInt8(0x80, data.length);
  padded.writeBigUInt64LE(BigInt(data.length) * 8n, padded.length - 8);
  let state: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += BLOCK) state = mixed(state, padded.subarray(at, at + BLOCK));
  const digest = Buffer.alloc(16);
  for (const [index, word] of state.entries()) digest.writeUInt32LE(word >>> 0, index * 4);
  return digest;
}

function mixed(state: readonly number[], block: Buffer): number[] {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (const { mix, add, turns, order } of ROUNDS) {
    order.forEach((word, step) => {
      const sum = (a + mix(b, c, d) + block.readUInt32LE(word * 4) + add) | 0;
      const turn = turns[step % 4] ?? 0;
      [a, b, c, d] = [d, (sum << turn) | (sum >>> (32 - turn)), b, c];
    });
  }
  return [a, b, c, d].map((word, index) => (word + (state[index] ?? 0)) | 0);
}

function range(place: (step: number) => number): readonly number[] {
  return Array.from({ length: 16 }, (_, step) => place(step));
}
