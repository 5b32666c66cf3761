/** What a push is called, and whether it is the same as another. */
import { placesOf } from '../../contract/index.ts';
import { isRequestName } from '../../helpspot/named-ids.ts';
import type { PushedRequest } from '../../helpspot/pushed-request.ts';
import type { FilledPush } from './filling.ts';
import type { PushTargetPlan } from './plan.ts';

/** A new id of ours, and the reference that the other system gets. */
export function newPushName(now: number): { readonly id: string; readonly reference: string } {
  const name = `${now.toString(36)}-${crypto().randomBytes(8).toString('hex')}`;
  return { id: `q-${name}`, reference: `hs-${name}` };
}

/** What HelpSpot changes when somebody looks at a request, or says of who clicks: two clicks are one push all the same. */
const UNSTEADY = /^(?:iLastReadCount|iLastReplyBy|acting_person(?:_.*)?)$/;
/** As they were sent, notes count anyway; how they are converted depends on the time that there was for it. */
const CONVERTED = /^(?:note|latest_note|latest_public_note|all_notes)$/;

/** What has a request pushed: somebody's click, or a rule of HelpSpot. */
export type PushCause = 'click' | 'webhook';

/**
 * A mark that is equal for equal pushes: where to, the templates, and every value that they or an adapter's own may use.
 * Entries that only log something do not count: HelpSpot writes one about the push itself; nor does the field that the
 * adapter writes back into. Nobody clicks a webhook twice,
 * and where it comes without a history, any field may be all that tells two events of one request apart.
 */
export function fingerprintOf(
  plan: PushTargetPlan,
  { fields, notes }: PushedRequest,
  push: FilledPush,
  { cause = 'click', writesBack }: { readonly cause?: PushCause; readonly writesBack?: string | undefined } = {},
): string {
  const templates = [['title', plan.title ?? '{{sTitle}}'], ['body', plan.body ?? ''], ...Object.entries(plan.fields)];
  const named = new Set(templates.flatMap(([, template = '']) => placesOf(template)));
  const values = Object.entries(push.values)
    .filter(([name]) => name !== writesBack)
    // A name says no more than the number that it stands for, and is not known at all times.
    .filter(([name]) => !isRequestName(name) || Object.hasOwn(fields, name))
    .filter(([name]) => !CONVERTED.test(name) && (cause === 'webhook' || !UNSTEADY.test(name) || named.has(name)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const spoken = notes
    .filter(({ text }) => /\S/.test(text))
    .map(({ person, at, isPublic, isHtml, text }) => [person, `${at?.getTime()}`, `${isPublic}`, `${isHtml}`, text]);
  const files = push.files.map(({ name, type, bytes }) => [name, type, sha256(bytes ?? '')]);
  return sha256Of(
    [[plan.name, plan.body === undefined ? 'usual' : 'own', plan.attachments, push.link?.href ?? '']],
    templates,
    values,
    spoken,
    files,
  );
}

/** Piece by piece: a request of many megabytes is not put together once more for it. */
function sha256Of(...tables: readonly (readonly (readonly string[])[])[]): string {
  const hash = crypto().createHash('sha256');
  for (const table of tables) {
    hash.update(`${table.length};`);
    for (const text of table.flat()) hash.update(`${text.length}:`).update(text);
  }
  return hash.digest('hex');
}

function sha256(content: string | Uint8Array): string {
  return crypto().createHash('sha256').update(content).digest('hex');
}

/** Loaded when something is pushed: for the command line's Live Lookup, which never does, it would be a good part of its time. */
function crypto() {
  return process.getBuiltinModule('node:crypto');
}
