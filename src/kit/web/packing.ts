/**
 * Lists on their way out of a thread. What a thread gives is made anew in the event loop, in one go and as slowly as it
 * was made: hundreds of thousands of values would hold it up. Bytes are only copied, and so the list comes in packets,
 * which are opened one at a time.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';

/** What opens in some milliseconds. */
const VALUES_OF_PACKET = 5_000;
const CHARACTERS_OF_PACKET = 1_000_000;

/** The list in packets. Items are plain data. */
export function packed(items: readonly object[]): readonly Uint8Array[] {
  const packets: Uint8Array[] = [];
  let packet: object[] = [];
  let size = 0;
  for (const item of items) {
    packet.push(item);
    size += sizeOf(item);
    if (size < 1) continue;
    packets.push(serialize(packet));
    packet = [];
    size = 0;
  }
  if (packet.length > 0) packets.push(serialize(packet));
  return packets;
}

/** The list that was packed. The event loop turns between the packets. */
export async function unpacked<Item>(packets: readonly Uint8Array[]): Promise<Item[]> {
  const items: Item[] = [];
  for (const [index, packet] of packets.entries()) {
    if (index > 0) await turn();
    // What was packed is what is unpacked.
    const opened: Item[] = deserialize(packet);
    for (const item of opened) items.push(item);
  }
  return items;
}

/** The part of a packet that an item fills: 1 is all of it. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 1 / VALUES_OF_PACKET + value.length / CHARACTERS_OF_PACKET;
  if (typeof value !== 'object' || value === null) return 1 / VALUES_OF_PACKET;
  const parts = value instanceof Map ? [...value.values()] : Object.values(value);
  return parts.reduce<number>((sum, part) => sum + sizeOf(part), 1 / VALUES_OF_PACKET);
}
