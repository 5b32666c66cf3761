/** Whether a Live Helper Chat can be asked, and what its staff would miss because the gateway's account may not see it. */
import type { CallContext, Log, SourceState } from '../../src/contract/index.ts';
import { asFailure } from '../../src/kit/web/index.ts';
import type { ChatApi } from './api.ts';
import { type Catalog, type KeptList, SHAPES } from './catalog.ts';
import { idOf } from './chat.ts';
import type { Chats } from './chats.ts';
import { Refusal, SYSTEM } from './failures.ts';
import type { Settings } from './settings.ts';

/** What {@link Checker} works with. */
export interface CheckerParts {
  readonly api: ChatApi;
  readonly chats: Chats;
  readonly catalog: Catalog;
  readonly settings: Settings;
  readonly log: Log;
}

/** Checks one source. */
export class Checker {
  readonly #parts: CheckerParts;
  #warnings: readonly string[] = [];

  constructor(parts: CheckerParts) {
    this.#parts = parts;
  }

  /** What the last check found though Live Helper Chat answers. */
  get state(): SourceState {
    return { warnings: this.#warnings, leftOut: 0 };
  }

  /** The cheapest calls for what the source gives. @throws {SourceError} */
  async check(context: CallContext): Promise<void> {
    context.signal.throwIfAborted();
    const { api, settings, log } = this.#parts;
    const warnings: string[] = [];
    const { list } = settings;
    let found: object;
    // Anybody may ask whether the chat is online: then nothing proves the credentials.
    if (list === 'online') found = { online: await api.isOnline('isonline', context) };
    else if (list !== undefined) found = { [list]: await this.#count(list, context) };
    else found = { chats: await this.#checkChats(warnings, context) };
    this.#warnings = warnings;
    log.info(found, 'Live Helper Chat answers');
  }

  async #count(list: KeptList, context: CallContext): Promise<number> {
    const { api, catalog } = this.#parts;
    try {
      const { length } = await catalog.listNow(list, context);
      return length;
    } catch (error) {
      throw error instanceof Refusal && error.right === undefined
        ? await api.explained(SHAPES[list].call, error, context)
        : error;
    }
  }

  async #checkChats(warnings: string[], context: CallContext): Promise<number> {
    const { api, chats, catalog, settings } = this.#parts;
    const page = await chats.page({}, { offset: 0, limit: 1 }, context).catch(async (error: unknown) => {
      throw error instanceof Refusal && error.right === undefined
        ? await api.explained('chats', error, context)
        : error;
    });
    if (page.total === 0) {
      warnings.push('it gives no chat at all; if there are some, the account of the key has none of their departments');
    }
    for (const list of ['departments', 'operators'] as const) {
      try {
        await catalog.listNow(list, context);
      } catch (error) {
        if (asFailure(error, SYSTEM) === undefined || context.signal.aborted) throw error;
        const of = list === 'departments' ? 'department' : 'agent';
        warnings.push(`it does not give its ${list}, so chats cannot be searched by ${of}: ${whyNot(list, error)}`);
      }
    }
    const id = idOf(page.chats[0]);
    if (settings.transcript && id !== undefined && (await chats.messages(id, context)) === undefined) {
      warnings.push(
        'what was said in its newest chat may not be read; the right lhchat,allowopenremotechat is missing',
      );
    }
    return page.total ?? page.chats.length;
  }
}

function whyNot(list: KeptList, error: unknown): string {
  if (error instanceof Refusal && error.right !== undefined) return `the account lacks the right ${error.right}`;
  return `the right ${SHAPES[list].right} may be missing`;
}
