/** Names in place of numbers of the request: `{{category}}` beside `{{xCategory}}`, as the HelpSpot that asks calls it. */
import {
  type HelpDeskField,
  type HelpDeskList,
  type HelpDeskLists,
  type Log,
  withDeadlineWithin,
} from '../contract/index.ts';
import { isRequestName, NAMED_IDS, type RequestName } from '../helpspot/named-ids.ts';
import { failureFields } from './failure.ts';
import type { GatewayPlan } from './plan.ts';
import type { SourceHandle } from './sources/source-handle.ts';

/**
 * A name is worth less than the answer that waits for it: what takes longer is left as it is. Somewhat more than the source
 * waits for one of its lists, so that the others still come. Milliseconds.
 */
const PATIENCE_MS = 1_500;

/** Where each is named. */
const LISTS: Readonly<Record<RequestName, Exclude<HelpDeskList, 'customFields'>>> = {
  category: 'categories',
  status: 'statuses',
  assigned_to: 'staff',
  opened_by: 'staff',
  last_reply_by: 'staff',
};

/** What names are asked with. */
export interface NamesHost {
  plan(): Pick<GatewayPlan, 'helpSpotSource'>;
  source(name: string): SourceHandle;
  readonly log: Log;
}

/** One call, which the names are for. */
interface NamesCall {
  readonly signal: AbortSignal;
  readonly reference: string;
}

/**
 * What HelpSpot sent, with the names that `places` have of it. HelpSpot is asked for none that nobody names; what was sent
 * under such a name stays. A number that has no name stands for itself, which the log is told; 0, which is nobody, has none.
 * Never fails, and takes {@link PATIENCE_MS} at most.
 */
export async function withRequestNames(
  sent: Readonly<Record<string, string>>,
  places: Iterable<string>,
  host: NamesHost,
  call: NamesCall,
): Promise<Readonly<Record<string, string>>> {
  const { helpSpotSource } = host.plan();
  const wanted = [...new Set(places)].filter(isRequestName).filter((name) => isNumbered(name, sent));
  if (helpSpotSource === undefined || wanted.length === 0) return sent;
  const { lists, problem } = await listsOf(
    host.source(helpSpotSource),
    [...new Set(wanted.map((name) => LISTS[name]))],
    call,
  );
  // A parameter may be called `__proto__`.
  const named: Record<string, string> = Object.assign(Object.create(null), sent);
  const unknown: RequestName[] = [];
  for (const name of wanted) {
    const id = idOf(name, sent);
    const known = lists[LISTS[name]]?.find((one) => one.id === id)?.name ?? '';
    if (known === '') unknown.push(name);
    named[name] = known === '' ? id : known;
  }
  if (unknown.length > 0) {
    const fields = { reference: call.reference, source: helpSpotSource, names: unknown, ...problem };
    host.log.warn(fields, 'HelpSpot has no name for what the request has by number; the number stands for it');
  }
  return named;
}

function isNumbered(name: RequestName, sent: Readonly<Record<string, string>>): boolean {
  const id = idOf(name, sent);
  return (sent[name] ?? '').trim() === '' && id !== '' && id !== '0';
}

function idOf(name: RequestName, sent: Readonly<Record<string, string>>): string {
  return (sent[NAMED_IDS[name]] ?? '').trim();
}

/** The custom fields of the HelpSpot that asks; none where it is not known, or does not answer at once. Never fails. */
export async function customFieldsOf(host: NamesHost, call: NamesCall): Promise<readonly HelpDeskField[]> {
  const { helpSpotSource } = host.plan();
  if (helpSpotSource === undefined) return [];
  const { lists } = await listsOf(host.source(helpSpotSource), ['customFields'], call);
  return lists.customFields ?? [];
}

async function listsOf(
  source: SourceHandle,
  wanted: readonly HelpDeskList[],
  { signal, reference }: NamesCall,
): Promise<{ readonly lists: HelpDeskLists; readonly problem?: object }> {
  try {
    const lists = await withDeadlineWithin(PATIENCE_MS, signal, (limited) =>
      source.call({ signal: limited, reference }, async (opened, context) => opened.helpDesk?.(wanted, context)),
    );
    return { lists: lists ?? {} };
  } catch (error) {
    return { lists: {}, problem: failureFields(error) };
  }
}
