/** `push:`, `webhooks:`, `alerts:`, `store:` and `helpspot:` */

import { type FieldForm, milliseconds, type PushAbility } from '../contract/index.ts';
import type { GatewayPlan, SourcePlan } from '../gateway/plan.ts';
import type { AlertsPlan, PostgresStorePlan, PushTargetPlan, StorePlan, WebhookPlan } from '../gateway/push/plan.ts';
import { parsedAddress } from '../helpspot/address.ts';
import { DEFAULTS } from './defaults.ts';
import { checkedNames, checkTargets, namesInSection } from './named-entries.ts';
import { checkSourceName, type Sources } from './named-sources.ts';
import { nearest, suggestion } from './names.ts';
import { pathFrom } from './paths.ts';
import type { Report } from './report.ts';
import type { PushSettings } from './sections/push.ts';
import type { StoreSettings } from './sections/store.ts';
import type { Path } from './tree.ts';

const HELPSPOT_SOURCE = ['helpspot', 'source'] as const;

/** The part of the plan that these sections make. */
export type PushingPlan = Pick<
  GatewayPlan,
  'push' | 'webhooks' | 'events' | 'alerts' | 'store' | 'helpSpotUrl' | 'helpSpotSource'
>;

/**
 * Reads the sections of Request Push; undefined when `store` or `helpspot` is wrong: then the report has it.
 * @param isWanted false for the command line of a Live Lookup, which pushes nothing
 */
export async function pushPlans(
  report: Report,
  sources: Sources,
  directory: string,
  isWanted: boolean,
): Promise<PushingPlan | undefined> {
  const names = ['push', 'webhooks', 'events', 'alerts', 'store', 'helpspot'];
  const isThere = names.some((name) => report.has(name) || !report.isUsable([name]));
  if (!isWanted || !isThere) {
    // A lookup asks the index, and its audit lies beside the ledger, whatever is wrong with the rest of the section.
    const store = defaultStore(directory, writtenText(report, 'file'), writtenText(report, 'index'));
    const asking = report.value(HELPSPOT_SOURCE);
    // Of a source that this lookup does not need, or that is wrong, there is nothing.
    const helpSpotSource = typeof asking === 'string' && isHelpDesk(sources.get(asking)) ? asking : undefined;
    return { push: new Map(), webhooks: new Map(), store, helpSpotUrl: undefined, helpSpotSource };
  }
  const sections = await readSections(report, directory, sources);
  const push = await targetPlans(report, sources);
  const webhooks = await webhookPlans(report);
  const events = await eventPlans(report);
  const alerts = await alertsPlan(report);
  return sections === undefined ? undefined : { push, webhooks, events, alerts, ...sections };
}

function writtenText(report: Report, key: 'file' | 'index'): string | undefined {
  const value = report.value(['store', key]);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function defaultStore(
  directory: string,
  file: string = DEFAULTS.storeFile,
  index: string = DEFAULTS.indexFile,
): StorePlan {
  const retentionMs = milliseconds(DEFAULTS.retention);
  return {
    file: pathFrom(directory, file),
    index: pathFrom(directory, index),
    keepBodies: false,
    retentionMs,
  };
}

async function readSections(report: Report, directory: string, sources: Sources) {
  const { storeSection } = await import('./sections/store.ts');
  const { helpspotSection } = await import('./sections/helpspot.ts');
  const store = report.has('store') ? report.check(storeSection, ['store']) : storeSection.parse({});
  const helpspot = report.has('helpspot') ? report.check(helpspotSection, ['helpspot']) : {};
  checkAsking(report, sources);
  if (store === undefined || helpspot === undefined) return undefined;
  const { file = DEFAULTS.storeFile, index, keepBodies, retention } = store;
  const paths = { file: pathFrom(directory, file), index: pathFrom(directory, index) };
  return {
    store: { ...paths, postgres: postgresPlan(store, directory), keepBodies, retentionMs: retention },
    helpSpotUrl: helpspot.url,
    helpSpotSource: helpspot.source,
  };
}

/** @param directory what a relative path of `tls.ca` begins at */
export function postgresPlan(store: StoreSettings, directory: string): PostgresStorePlan | undefined {
  const { url, schema = DEFAULTS.storeSchema, tls, lease = milliseconds(DEFAULTS.storeLease) } = store;
  const address = url === undefined ? undefined : parsedAddress(url);
  if (url === undefined || address === undefined) return undefined;
  const where = `postgres://${address.host}${address.pathname}`;
  const ca = tls?.ca === undefined ? undefined : pathFrom(directory, tls.ca);
  const spool = store.spool === undefined ? undefined : pathFrom(directory, store.spool);
  return { url, where, schema, leaseMs: lease, tls: tls && { ...tls, ca }, ...(spool !== undefined && { spool }) };
}

function checkAsking(report: Report, sources: Sources): void {
  checkSourceName(report, HELPSPOT_SOURCE);
  const written = report.value(HELPSPOT_SOURCE);
  const source = typeof written === 'string' ? sources.get(written) : undefined;
  // An unknown or wrong source has been told.
  if (source === undefined) return;
  if (isHelpDesk(source)) {
    const refusal = source.adapter.cannotFind?.(source.settings);
    if (refusal !== undefined) report.add(HELPSPOT_SOURCE, `names a source that cannot tell its lists: ${refusal}`);
    return;
  }
  const others = [...sources.values()].filter(isHelpDesk).map(({ name }) => name);
  const hint = others.length === 0 ? 'add one with adapter: helpspot' : `write ${others.join(' or ')}`;
  report.add(HELPSPOT_SOURCE, `names a source that is no HelpSpot: its adapter is ${source.adapter.name}; ${hint}`);
}

function isHelpDesk(source: SourcePlan | undefined): boolean {
  return source?.adapter.isHelpDesk === true;
}

async function targetPlans(report: Report, sources: Sources): Promise<ReadonlyMap<string, PushTargetPlan>> {
  const plans = new Map<string, PushTargetPlan>();
  if (!report.has('push')) return plans;
  const { pushSection } = await import('./sections/push.ts');
  const { pushNameProblem } = await import('../helpspot/push-file.ts');
  const classes = new Map<string, string>();
  for (const name of checkedNames(report, 'push', { FogBugz: { source: 'fogbugz' } })) {
    const path = ['push', name];
    const problem = pushNameProblem(name) ?? twinProblem(classes.get(name.toLowerCase()));
    if (problem !== undefined) report.add(path, problem);
    classes.set(name.toLowerCase(), name);
    checkSourceName(report, [...path, 'source']);
    const settings = report.check(pushSection, path);
    if (settings === undefined) continue;
    const source = sources.get(settings.source);
    checkAbility(report, path, settings, source);
    const whenUnclear = settings.whenUnclear ?? source?.adapter.push?.whenUnclear ?? 'hold';
    const { searchLagMs = 0, idempotent = false } = source?.adapter.push ?? {};
    const lookForMs = settings.lookForMs ?? (idempotent ? 0 : searchLagMs);
    plans.set(name, { name, ...settings, whenUnclear, lookForMs });
  }
  return plans;
}

/** @param twin a target above whose name differs in capitals only */
function twinProblem(twin: string | undefined): string | undefined {
  if (twin === undefined) return undefined;
  return `HelpSpot names a PHP class after it, and to PHP it is the same name as ${twin} above; write another name`;
}

function checkAbility(report: Report, path: Path, settings: PushSettings, source: SourcePlan | undefined): void {
  // An unknown or wrong source has been told.
  if (source === undefined) return;
  const { name: adapter, push } = source.adapter;
  if (push === undefined) {
    report.add([...path, 'source'], `names a source that cannot be pushed to: the adapter ${adapter} only reads`);
    return;
  }
  const refusal = source.adapter.cannotPush?.(source.settings);
  if (refusal !== undefined) {
    report.add([...path, 'source'], `names a source that cannot be pushed to: ${refusal}`);
    return;
  }
  if (settings.attachments === 'files' && push.files !== true) {
    report.add([...path, 'attachments'], `${adapter} takes no files; write attachments: links`);
  }
  if (settings.link && push.linking === undefined) {
    report.add(
      [...path, 'link'],
      `needs a source that can look things up by their number, and this one of ${adapter} cannot; ${unlinked(adapter)}`,
    );
  }
  checkLookFor(report, path, settings, push, adapter);
  checkFields(report, path, settings.fields, push, adapter);
}

function checkLookFor(
  report: Report,
  path: Path,
  { lookForMs, retry }: PushSettings,
  { searchLagMs, idempotent = false }: PushAbility,
  adapter: string,
): void {
  if (lookForMs === undefined) return;
  if (searchLagMs === undefined || idempotent) {
    const why = idempotent ? 'takes the same push once only' : 'has no search that may miss what is new';
    report.add([...path, 'lookFor'], `is for nothing here: ${adapter} ${why}; leave it out`);
  } else if (lookForMs >= retry.giveUpAfterMs) {
    report.add(
      [...path, 'lookFor'],
      'is not shorter than retry.giveUpAfter, so that nothing would ever be sent again; write a shorter time',
    );
  }
}

function unlinked(adapter: string): string {
  return adapter === 'webhook' ? 'write details in the source, or remove link' : 'remove link';
}

function checkFields(
  report: Report,
  path: Path,
  fields: PushTargetPlan['fields'],
  { fields: ability, otherFields, required = [] }: PushAbility,
  adapter: string,
): void {
  const known = ability === 'any' ? Object.keys(fields) : Object.keys(ability);
  for (const name of Object.keys(fields)) {
    if (known.includes(name) || otherFields?.pattern.test(name) === true) continue;
    report.add([...path, 'fields', name], `${adapter} has no such field; ${fieldHint(name, known, otherFields)}`);
  }
  const missing = required.filter((name) => !Object.hasOwn(fields, name));
  if (missing.length === 0) return;
  const place = report.value([...path, 'fields']) === undefined ? path : [...path, 'fields'];
  report.add(
    place,
    `${adapter} needs ${missing.join(', ')} under fields; write fields: { ${missing.map((name) => `${name}: …`).join(', ')} }`,
  );
}

function fieldHint(name: string, known: readonly string[], otherFields: FieldForm | undefined): string {
  if (otherFields === undefined) return suggestion(name, known, 'fields');
  const { example, description } = otherFields;
  const near = nearest(name, [...known, example]);
  if (near === example) return `write ${description} like ${example}`;
  const hint = suggestion(name, known, 'fields');
  return near === undefined ? `${hint}, and ${description}: ${example}` : hint;
}

async function webhookPlans(report: Report): Promise<ReadonlyMap<string, WebhookPlan>> {
  const plans = new Map<string, WebhookPlan>();
  if (!report.has('webhooks')) return plans;
  const { webhookSection } = await import('./sections/webhooks.ts');
  const targets = namesInSection(report, 'push');
  for (const name of checkedNames(report, 'webhooks', { escalations: { push: ['Zapier'] } })) {
    const path = ['webhooks', name];
    const plan = report.check(webhookSection, path);
    if (plan === undefined) continue;
    checkTargets(report, path, plan.push, targets);
    plans.set(name, { name, ...plan });
  }
  return plans;
}

/** Most files have none. */
async function eventPlans(report: Report): Promise<GatewayPlan['events']> {
  if (!report.has('events')) return undefined;
  const { eventsPlans } = await import('./event-plans.ts');
  return eventsPlans(report);
}

async function alertsPlan(report: Report): Promise<AlertsPlan | undefined> {
  if (!report.has('alerts')) return undefined;
  const { alertsSection } = await import('./sections/alerts.ts');
  const plan = report.check(alertsSection, ['alerts']);
  if (plan !== undefined) checkTargets(report, ['alerts'], plan.push, namesInSection(report, 'push'));
  return plan;
}
