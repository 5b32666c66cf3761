/** Which pushes a page of the console is about, as its address or its form says. */
import { milliseconds } from '../../contract/index.ts';
import { PUSH_STATES, type PushState } from '../../gateway/push/push-row.ts';
import { typedReference } from '../../gateway/reference.ts';

/** How long ago, as the filter offers it. */
export const SINCE_CHOICES = ['1h', '1d', '7d', '30d'] as const;
/** Longer names of push targets there are none. */
const LONGEST_TARGET = 200;
/** As it may be pasted, with what stands around it. */
export const LONGEST_REFERENCE = 40;

/** What is undefined does not matter. */
export interface ConsolePushFilter {
  readonly target: string | undefined;
  readonly state: PushState | undefined;
  /** As it was chosen, or the time itself in milliseconds since 1970, as {@link fieldsOfFilter} writes it. */
  readonly since: string | undefined;
  /** Taken at that time or later, in milliseconds since 1970. */
  readonly sinceAt: number | undefined;
  readonly reference: string | undefined;
}

/** What cannot be read does not matter: an address may be typed by hand. */
export function readPushFilter(given: URLSearchParams, now: number): ConsolePushFilter {
  const since = given.get('since') ?? '';
  const chosen = SINCE_CHOICES.find((one) => one === since);
  const exact = /^\d{1,15}$/.test(since) ? Number(since) : undefined;
  const state = given.get('state');
  return {
    target: given.get('target')?.slice(0, LONGEST_TARGET) || undefined,
    state: PUSH_STATES.find((one) => one === state),
    since: chosen ?? (exact === undefined ? undefined : since),
    sinceAt: chosen === undefined ? exact : now - milliseconds(chosen),
    reference: typedReference(given.get('reference')?.slice(0, LONGEST_REFERENCE) ?? '') || undefined,
  };
}

/** The same for a form: the time is the one of the page, not that of the click. */
export function fieldsOfFilter({
  target,
  state,
  sinceAt,
  reference,
}: ConsolePushFilter): Readonly<Record<string, string>> {
  return {
    ...(target !== undefined && { target }),
    ...(state !== undefined && { state }),
    ...(sinceAt !== undefined && { since: String(sinceAt) }),
    ...(reference !== undefined && { reference }),
  };
}

/** The same for an address. */
export function queryOfFilter(filter: ConsolePushFilter, more: Readonly<Record<string, string>>) {
  return new URLSearchParams({ ...fieldsOfFilter(filter), ...(filter.since && { since: filter.since }), ...more });
}
