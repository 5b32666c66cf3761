/** Whether what the configuration says of events can come, and how easily their secrets are guessed. */
import { placesOf } from '../../contract/index.ts';
import { isPushValue } from '../../helpspot/push-value-names.ts';
import { CALL_FIELDS } from '../events/call-fields.ts';
import type { EventsPlan } from '../events/plan.ts';
import { OF_FIRST, RECORD_FIELDS } from '../events/record.ts';
import { base64Secret } from '../events/signature.ts';
import { CALL_EVENTS } from '../events/vendors.ts';
import type { MatchInput } from '../lookup/plan.ts';
import type { Finding } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';
import type { PushTargetPlan } from '../push/plan.ts';
import { whyNever } from './asking.ts';
import { didYouMean } from './names.ts';
import type { KnownSource } from './sources.ts';

/** What is shorter is guessed, or no secret at all. Characters; GitHub and others recommend twice as many. */
const SHORTEST_SECRET = 16;
/** Standard Webhooks: "between 24 bytes and 64 bytes". */
const SHORTEST_KEY = 24;

/** What a call event of Help Lightning has, beside what the gateway makes of all of them. */
const CALL_JSON = [
  ...['type', 'category', 'version', 'timestamp', 'session_id', 'call_id'],
  ...['id', 'name', 'email', 'avatar', 'enterprise_id', 'anonymous'].map((name) => `participant.${name}`),
  ...['id', 'name', 'type'].map((name) => `attachment.${name}`),
];

/** What is wrong with the events of a configuration. */
export function eventFindings(
  { events, push }: Pick<GatewayPlan, 'events' | 'push'>,
  known: ReadonlyMap<string, KnownSource>,
): readonly Finding[] {
  return [...(events?.values() ?? [])].flatMap((plan) => [
    ...secretFindings(plan),
    ...gatherFindings(plan),
    ...indexFieldFindings(plan, known),
    ...plan.push.flatMap((target) => placeFindings(plan, push.get(target))),
  ]);
}

/** The names of push targets that events are pushed to: their templates name more than HelpSpot sends. */
export function targetsOfEvents({ events }: Pick<GatewayPlan, 'events'>): ReadonlySet<string> {
  return new Set([...(events?.values() ?? [])].flatMap(({ push }) => push));
}

function secretFindings({ name, verify, secrets }: EventsPlan): readonly Finding[] {
  const isStandard = verify === 'standard-webhooks';
  const isWeak = (secret: string) =>
    isStandard ? (base64Secret(secret)?.length ?? 0) < SHORTEST_KEY : secret.length < SHORTEST_SECRET;
  if (!secrets.some(isWeak)) return [];
  const least = isStandard ? `${SHORTEST_KEY} bytes` : `${SHORTEST_SECRET} characters`;
  const sentence = `is shorter than ${least}, and who guesses it can make the gateway push what he likes; let \`openssl rand -hex 24\` or the other system make one`;
  return [{ where: `events.${name}.secret`, weight: 'warning', sentence }];
}

function gatherFindings({ name, verify, gather, until, push }: EventsPlan): readonly Finding[] {
  if (verify !== 'help-lightning') return [];
  const ends = ['call', ...CALL_EVENTS, ...CALL_EVENTS.map((one) => `call.${one}`)];
  const wrong = until.find((word) => !ends.includes(word));
  const findings: Finding[] = [];
  if (gather !== undefined && !isOfCall(gather)) {
    const sentence = `no event of a call has ${gather}${didYouMean(gather, CALL_JSON)}; such events are stored and not pushed`;
    findings.push({ where: `events.${name}.gather`, weight: 'warning', sentence });
  }
  if (wrong !== undefined && push.length > 0) {
    const sentence = `no event of a call is called ${wrong}${didYouMean(wrong, CALL_EVENTS)}; records are pushed when nothing has come for a while`;
    findings.push({ where: `events.${name}.until`, weight: 'warning', sentence });
  }
  return findings;
}

/** Fields that the source cannot be asked by: what changed would never be found. */
function indexFieldFindings({ name, index }: EventsPlan, known: ReadonlyMap<string, KnownSource>): readonly Finding[] {
  const source = known.get(index?.source ?? '');
  if (index === undefined || source === undefined) return [];
  const step = Object.keys(index.where).map((field): MatchInput => ({ parameter: field, field, match: 'exact' }));
  const sentence = whyNever(step, source);
  return sentence === undefined ? [] : [{ where: `events.${name}.index.where`, weight: 'error', sentence }];
}

/** Of a system whose JSON may have any field, only what looks like one of HelpSpot's own is worth a question. */
function placeFindings({ name, verify }: EventsPlan, target: PushTargetPlan | undefined): readonly Finding[] {
  if (target === undefined) return [];
  const { title = '', body = '', fields } = target;
  const places = new Set([title, body, ...Object.values(fields)].flatMap(placesOf));
  const isKnown = (place: string) =>
    Object.hasOwn(RECORD_FIELDS, place) || (verify === 'help-lightning' ? isOfCall(place) : !isPushValue(place));
  return [...places]
    .filter((place) => !isKnown(place))
    .map((place): Finding => {
      const known = [...Object.keys(CALL_FIELDS), ...Object.keys(RECORD_FIELDS)];
      const near = verify === 'help-lightning' ? didYouMean(place, known) : '';
      const what = verify === 'help-lightning' ? 'a call has' : 'the gateway makes';
      const sentence = `{{${place}}} is empty in what comes from events.${name}${near}: ${what} no ${place}${verify === 'help-lightning' ? '' : ' of events; only an event with a field of that name fills it'}`;
      return { where: `push.${target.name}`, weight: 'warning', sentence };
    });
}

function isOfCall(place: string): boolean {
  const bare = place.startsWith(OF_FIRST) ? place.slice(OF_FIRST.length) : place;
  const path = bare.startsWith('data.') ? bare.slice('data.'.length) : bare;
  return CALL_JSON.includes(path) || (bare === place && Object.hasOwn(CALL_FIELDS, place));
}
