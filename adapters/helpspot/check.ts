/** Whether a HelpSpot can be asked, and what its staff would miss because the gateway's person may not see it. */
import type { CallContext, Log, SourceState } from '../../src/contract/index.ts';
import { textAt } from './answer.ts';
import type { HelpSpotApi } from './api.ts';
import type { Catalog } from './catalog.ts';
import type { Requests } from './requests.ts';
import type { Settings } from './settings.ts';
import { isKeptList, SHAPES } from './shapes.ts';

/** What requests are named by. */
const NAMING = ['categories', 'statuses', 'staff', 'customFields'] as const;

/** What {@link Checker} works with. */
export interface CheckerParts {
  readonly api: HelpSpotApi;
  readonly catalog: Catalog;
  readonly requests: Requests;
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

  /** What the last check found though HelpSpot answers. */
  get state(): SourceState {
    return { warnings: this.#warnings, leftOut: 0 };
  }

  /**
   * The version, which proves the credentials and that the private API is on; then what the source gives.
   * @throws {SourceError}
   */
  async check(context: CallContext): Promise<void> {
    context.signal.throwIfAborted();
    const { api, settings, log } = this.#parts;
    const { version, least } = await api.version(context);
    const counts: Record<string, number> = {};
    const warnings: string[] = [];
    const { list } = settings;
    if (list !== undefined && isKeptList(list)) counts[list] = await this.#count(list, context, warnings);
    else if (list === 'kb') await api.ask({ method: 'version', root: 'results' }, context);
    else await this.#checkRequests(counts, warnings, context);
    this.#warnings = warnings;
    log.info({ version, least, ...counts }, 'HelpSpot answers');
  }

  async #checkRequests(counts: Record<string, number>, warnings: string[], context: CallContext): Promise<void> {
    const { requests, settings } = this.#parts;
    const rows = { start: 0, length: 1 };
    const { filter } = settings;
    const some =
      filter === undefined ? requests.search({}, rows, context) : requests.ofFilter(`${filter}`, rows, context);
    const [first, own, ...lists] = await Promise.all([
      some,
      this.#whoAmI(context),
      ...NAMING.map((name) => this.#count(name, context, warnings)),
    ]);
    for (const [at, name] of NAMING.entries()) counts[name] = lists[at] ?? 0;
    if (filter === undefined && settings.list === undefined && first.length === 0) {
      warnings.push('it gives no request at all; if there are some, the person of the token may not see them');
    }
    if (own !== undefined) warnings.push(own);
  }

  /** An empty list is one that this person may not see, where every help desk has some. */
  async #count(name: keyof typeof SHAPES, context: CallContext, warnings: string[]): Promise<number> {
    const { length } = await this.#parts.catalog.listNow(name, context);
    const isUsual = NAMING.some((one) => one === name) && name !== 'customFields';
    if (length === 0 && isUsual) {
      warnings.push(
        `it gives no ${SHAPES[name].plural}; the person of the token may not see them, and their names are missing`,
      );
    }
    return length;
  }

  /** What the person of the token sees is all that staff see through the gateway. */
  async #whoAmI(context: CallContext): Promise<string | undefined> {
    const person = await this.#parts.api.ask({ method: 'private.user.preferences', root: 'preferences' }, context);
    const type = textAt(person, 'fUserType');
    // Chapter 1.2 of the manual: 1 administrator, 2 help desk staff, 3 level 2, 4 guest.
    if (type === '4') return 'its person is a guest, who sees some requests only; staff see no others here';
    if (type === '3') return 'its person is level 2 staff, who may see some requests only; staff see no others here';
    return undefined;
  }
}
