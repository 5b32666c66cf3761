/** What Campfire's JSON looks like. Loaded with the first answer. */

import * as z from 'zod';
import { SourceError } from '../../src/contract/index.ts';

/** What is in a message, wherever the reference may be. */
export interface RoomMessage {
  readonly id: string;
  readonly text: string;
  /** Milliseconds. */
  readonly at: number;
}

const message = z.object({
  id: z.union([z.int(), z.string().min(1)]).transform(String),
  created_at: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
  body: z.record(z.string(), z.unknown()),
});

// The first version that could be read wrapped the list.
const messages = z.union([
  z.array(message),
  z.object({ messages: z.array(message) }).transform((page) => page.messages),
]);

/** @throws {SourceError} `bad-response` */
export function readMessages(json: unknown): readonly RoomMessage[] {
  const read = messages.safeParse(json);
  if (!read.success) throw new SourceError('bad-response', 'Campfire gave a list of messages that is none');
  const found = read.data.map(({ id, created_at, body }): RoomMessage => {
    const text = Object.values(body)
      .filter((part) => typeof part === 'string')
      .join('\n');
    return { id, text, at: Date.parse(created_at) };
  });
  return found.sort((one, other) => one.at - other.at);
}
