/** A Live Helper Chat for a file of tests, and sources of it. */
import { afterAll, afterEach, expect } from 'vitest';
import livehelperchat from '../../../adapters/livehelperchat/index.ts';
import type { CallContext, FindQuery, SourceError, SourceRecord } from '../../../src/contract/index.ts';
import { textOf } from '../../../src/contract/index.ts';
import { type ChatOptions, type ChatStandIn, startLiveHelperChat } from '../../support/livehelperchat/server.ts';
import { context, type OpenSource, openWith } from '../../support/open-source.ts';

/** Quick enough for tests. */
export const QUICK = { requestsPerSecond: 1000 };

/** Runs for the file of tests that calls this; as it was after each test, which has changed nothing in it. */
export async function chatForAll(options?: ChatOptions): Promise<ChatStandIn> {
  const chat = await startLiveHelperChat(options);
  afterEach(() => {
    const scandals = [...chat.scandals];
    chat.heal();
    expect(scandals).toEqual([]);
  });
  afterAll(() => chat.close());
  return chat;
}

/** A source of the chat, closed when the test ends. */
export function openChat(chat: ChatStandIn, settings: object = {}): Promise<OpenSource> {
  return openWith(livehelperchat, { ...chat.settings, ...QUICK, ...settings });
}

/** A call that keeps what it is told. */
export function noting(given: CallContext = context()): CallContext & { readonly notices: string[] } {
  const notices: string[] = [];
  return { ...given, notices, notice: (sentence) => void notices.push(sentence) };
}

/** What a search fails with. */
export async function failureOf(source: OpenSource, query: FindQuery, given = context()): Promise<SourceError> {
  return await source.find(query, given).then(
    () => Promise.reject(new Error('the search did not fail')),
    (error: SourceError) => error,
  );
}

/** The numbers of the chats, in their order. */
export function numbersOf(records: readonly SourceRecord[]): string[] {
  return records.map((record) => textOf(record['chat_id']));
}
