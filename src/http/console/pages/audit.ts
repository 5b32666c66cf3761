/** The audit: who looked whom up, and what was pushed and changed. Ids of customers, never their fields. */
import { type ComponentChild, h } from 'preact';
import { UserError } from '../../../contract/index.ts';
import { auditCsvFile } from '../../../gateway/audit/csv.ts';
import { AUDIT_LIMITS, type AuditEntry } from '../../../gateway/audit/entry.ts';
import { AUDIT_PLACE, type AuditFilter } from '../../../gateway/audit/file.ts';
import { pastMoment } from '../../../gateway/audit/moment.ts';
import { failureFields } from '../../../gateway/failure.ts';
import { dataTable, hrefOf, notice, textField, time } from '../page.ts';
import type { Texts } from '../texts/en.ts';
import { hidingSecrets } from '../visible.ts';
import type { ConsolePage, View, Visit } from '../visit.ts';

/** What a person reads at a time. */
const ON_PAGE = 50;

const TEXTS = ['person', 'customer', 'request', 'lookup'] as const;
const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 86_400_000;

export const auditPage: ConsolePage = {
  path: 'audit',
  heading: ({ audit }) => audit,
  role: 'administrator',
  async show(visit) {
    const { gateway, texts, query } = visit;
    if (gateway.audit.keeps === 'nothing') return { content: notice('warning', texts.noAudit) };
    const filter = filterOf(query);
    try {
      return query.has('csv') ? await csvFile(visit, filter) : await onePage(visit, filter);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      gateway.log.error(failureFields(error), 'the console cannot read the audit');
      return { content: notice('problem', texts.auditUnknown), status: 503 };
    }
  },
};

async function onePage(visit: Visit, filter: AuditFilter): Promise<View> {
  const { gateway, texts, query, signal } = visit;
  const from = AUDIT_PLACE.exec(query.get('from') ?? '')?.[0];
  const { entries, next } = await gateway.audit.page(filter, { limit: ON_PAGE, from }, signal);
  // Where several gateways write into one store.
  const hasGateways = entries.some((entry) => entry.gateway !== undefined);
  const rows = entries.map((entry) => rowOf(visit, entry, hasGateways));
  const gatewayHead = hasGateways ? [texts.gateway] : [];
  const [who, what, request] = [texts.who, texts.what, texts.requestNumber];
  const heads = [texts.when, who, what, request, texts.result, texts.ids, ...gatewayHead, texts.reference];
  return {
    content: [
      filterForm(query, texts),
      rows.length === 0 ? h('p', null, texts.noEntries) : dataTable(texts.audit, heads, rows),
      next === undefined ? undefined : h('p', null, h('a', { href: hrefWith(query, 'from', next) }, texts.older)),
    ],
  };
}

/** A value that is none, as of a day that is half typed, asks for nothing. */
function filterOf(query: URLSearchParams): AuditFilter {
  const texts = TEXTS.map((name) => [name, query.get(name)?.trim().slice(0, AUDIT_LIMITS.text) || undefined]);
  return {
    ...Object.fromEntries(texts),
    since: dayOf(query.get('since'), 0),
    until: dayOf(query.get('until'), DAY_MS),
  };
}

/** The beginning of a day of UTC. @param later of the end of the last day, which is meant to be in */
function dayOf(text: string | null, later: number): number | undefined {
  const at = text !== null && DAY.test(text) ? pastMoment(text, 0) : undefined;
  return at === undefined ? undefined : at + later;
}

function filterForm(query: URLSearchParams, texts: Texts): ComponentChild {
  const labels = { person: texts.who, customer: texts.customerId, request: texts.requestNumber, lookup: texts.lookup };
  const fields = TEXTS.map((name) =>
    textField(labels[name], name, query.get(name) ?? '', { maxLength: AUDIT_LIMITS.text }),
  );
  const days = (['since', 'until'] as const).map((name) =>
    textField(name === 'since' ? texts.fromDay : texts.toDay, name, query.get(name) ?? '', { type: 'date' }),
  );
  return h(
    'form',
    { method: 'get', action: hrefOf('audit') },
    h('div', { class: 'fields' }, fields, days),
    h('button', { class: 'main' }, texts.filter),
    ' ',
    h('button', { name: 'csv', value: '1' }, texts.asCsv),
  );
}

function rowOf(visit: Visit, entry: AuditEntry, hasGateways: boolean): readonly ComponentChild[] {
  const { texts } = visit;
  const shown = (text: string) => hidingSecrets(visit, text);
  const { at, personId, personName, caller, kind, name, request, outcome, count, status, reference } = entry;
  const who = personName === '' && personId === '' ? caller : `${personName} ${personId && `(${personId})`}`.trim();
  const ids = [...entry.customers, ...entry.things];
  return [
    time(at),
    shown(who) || '–',
    shown(`${texts.kinds(kind)} ${name}`.trim()),
    shown(request) || '–',
    `${texts.outcomes(outcome)}${count > 0 ? ` ${count}` : ''}${status > 0 ? ` ${status}` : ''}`,
    shown(ids.join(', ')) || '–',
    ...(hasGateways ? [entry.gateway ?? '–'] : []),
    reference === '' ? '–' : h('code', null, reference),
  ];
}

async function csvFile({ gateway, signal }: Visit, filter: AuditFilter): Promise<View> {
  const body = await auditCsvFile(gateway.audit, filter, gateway.plan.secrets, signal);
  return { download: { name: 'audit.csv', contentType: 'text/csv; charset=utf-8', body } };
}

function hrefWith(query: URLSearchParams, name: string, value: string): string {
  const changed = new URLSearchParams(query);
  changed.set(name, value);
  return `${hrefOf('audit')}?${changed}`;
}
