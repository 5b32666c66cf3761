/** What the system answers, checked. */
import { SourceError } from 'helpspot-gateway/contract';
import type { HttpAnswer } from 'helpspot-gateway/kit/http';
import type { output, ZodType } from 'zod';

/** @param what stands in the message: "a search" @throws {SourceError} `bad-response` for an answer that is something else */
export function read<Schema extends ZodType>(schema: Schema, answer: HttpAnswer, what: string): output<Schema> {
  const { data, success } = schema.safeParse(answer.json());
  if (success) return data;
  throw new SourceError('bad-response', `My system answered something else to ${what}`, {
    remedy: 'check that url is the address of My system',
  });
}
