/**
 * An ActiveCollab to talk to, current or classic. It follows the vendor's pages (the address is above each part),
 * refuses what ActiveCollab refuses with its error bodies, and keeps what was made.
 */
import { type StandIn, startStandIn } from '../http/stand-in.ts';
import { classicRoute } from './classic.ts';
import { currentRoute } from './current.ts';
import { House, type MadeTask } from './house.ts';

/** The account that may make tasks. */
export const COLLAB_ACCOUNT = { email: 'gateway@example.com', password: 'collab-password-7' } as const;
/** A token that staff made for the gateway. */
export const COLLAB_TOKEN = '1-token0of0the0gateway';

/** An ActiveCollab that is running. */
export interface CollabStandIn {
  readonly url: string;
  /** What a source needs beside `adapter: activecollab`. Project 7 is the source's. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The tasks or tickets, in the order in which they were made. */
  readonly made: readonly MadeTask[];
  /** Faults and what was received. */
  readonly http: StandIn;
  /** Projects, people, tokens; and what people do with tasks. */
  readonly house: House;
  close(): Promise<void>;
}

/** Options of {@link startActiveCollab}. */
export interface CollabOptions {
  readonly api?: 'current' | 'classic';
  /** Lists leave the texts out. */
  readonly listsWithoutTexts?: boolean;
}

/** Starts it on a free port. */
export async function startActiveCollab(options: CollabOptions = {}): Promise<CollabStandIn> {
  const { api = 'current' } = options;
  const house = new House(COLLAB_TOKEN, COLLAB_ACCOUNT, options.listsWithoutTexts ?? false);
  const http = await startStandIn((request) =>
    api === 'classic' ? classicRoute(request, house) : currentRoute(request, house),
  );
  const url = api === 'classic' ? `${http.url}/public/api.php` : http.url;
  const settings = { url, api, token: COLLAB_TOKEN, project: 7 };
  return { url: http.url, settings, made: house.tasks, http, house, close: () => http.close() };
}
