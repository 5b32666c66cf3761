/** The stand-in's answers in both languages. */
import type { Call, FogBugzFailure, HistoryEvent, MadeCase, Outcome } from './desk.ts';

/** What a command came to. */
export interface Result extends Outcome {
  readonly failure?: FogBugzFailure;
  readonly call?: Call;
}

const OPERATIONS = ['edit', 'assign', 'resolve', 'email'];
const SCOUT = ['sScoutDescription'];

/** http://help.fogcreek.com/8202/xml-api: "All data is wrapped in CDATA". */
export function toXml({ failure, token, single, cases, projects, call }: Result): string {
  const parts: string[] = [];
  if (failure !== undefined) {
    const people = failure.people?.map((name) => element('person', name)).join('');
    parts.push(
      `<error code="${failure.code}">${cdata(failure.message)}</error>`,
      people ? `<people>${people}</people>` : '',
    );
  }
  if (token !== undefined) parts.push(element('token', token));
  if (single !== undefined) parts.push(caseXml(single, columnsOf(call)));
  if (cases !== undefined) {
    const found = cases.map((one) => caseXml(one, columnsOf(call))).join('');
    parts.push(`<cases count="${cases.length}">${found}</cases>`);
  }
  if (projects !== undefined) {
    const all = projects.map(
      ({ id, name }) => `<project>${element('ixProject', String(id))}${element('sProject', name)}</project>`,
    );
    parts.push(`<projects>${all.join('')}</projects>`);
  }
  return `<?xml version="1.0" encoding="UTF-8"?><response>${parts.join('')}</response>`;
}

function caseXml(made: MadeCase, cols: readonly string[]): string {
  const { id, columns, tags, events } = made;
  const inner = cols.map((column) => {
    if (column === 'events') return `<events>${historyOf(made).map(eventXml).join('')}</events>`;
    if (column === 'tags') return `<tags>${tags.map((tag) => element('tag', tag)).join('')}</tags>`;
    if (column !== 'latestEvent') return element(column, columns[column] ?? '');
    const event = `<event ixBugEvent="${events.length}">${element('sVerb', 'Opened')}${element('dt', CHANGED)}${element('evtDescription', 'Opened by Gateway')}</event>`;
    return `<latestEvent>${event}</latestEvent>`;
  });
  return `<case ixBug="${id}" operations="${OPERATIONS.join(',')}">${element('ixBug', String(id))}${inner.join('')}</case>`;
}

/** The column `events`, http://help.fogcreek.com/8202/xml-api: the opening with the case's own files, then the rest. */
function historyOf({ events, files, history }: MadeCase): readonly HistoryEvent[] {
  const rgAttachments = files.map(({ name }, index) => ({ sFileName: name, sURL: downloadOf(index + 1) }));
  const opening = {
    sVerb: 'Opened',
    sPerson: 'Gateway',
    dt: '2026-11-19T08:00:00Z',
    s: events[0] ?? '',
    rgAttachments,
  };
  return [opening, ...history];
}

/** The address of a file as an event has it: relative, with ampersands as HTML writes them. */
export function downloadOf(attachment: number): string {
  return `default.asp?pg=pgDownload&amp;pgType=pgFile&amp;ixBugEvent=1&amp;ixAttachment=${attachment}&amp;sFileName=a.txt`;
}

function eventXml({ sVerb, sPerson, dt, s, rgAttachments }: HistoryEvent): string {
  const files = rgAttachments.map(
    ({ sFileName, sURL }) => `<attachment>${element('sFileName', sFileName)}${element('sURL', sURL)}</attachment>`,
  );
  const texts = element('sVerb', sVerb) + element('sPerson', sPerson) + element('dt', dt) + element('s', s);
  return `<event ixBugEvent="7">${texts}<rgAttachments>${files.join('')}</rgAttachments></event>`;
}

/** When every case was last changed. */
export const CHANGED = '2026-11-20T14:24:06Z';

function element(name: string, text: string): string {
  return `<${name}>${cdata(text)}</${name}>`;
}

function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

/** https://support.fogbugz.com/hc/en-us/articles/360011343853-Using-JSON-with-the-FogBugz-API */
export function toJson({ failure, token, single, cases, projects, call }: Result): object {
  const rest = { warnings: [], meta: { jsdbInvalidator: '' }, errorCode: failure?.code ?? null, maxCacheAge: null };
  if (failure !== undefined) {
    const { code, message, people } = failure;
    return {
      data: { ...(people === undefined ? {} : { people }) },
      errors: [{ message: `Error ${code}: ${message}`, detail: null, code }],
      ...rest,
    };
  }
  const cols = columnsOf(call);
  const data = {
    ...(token === undefined ? {} : { token }),
    ...(single === undefined ? {} : { case: caseJson(single, cols) }),
    ...(cases === undefined
      ? {}
      : { count: cases.length, totalHits: cases.length, cases: cases.map((one) => caseJson(one, cols)) }),
    ...(projects === undefined
      ? {}
      : { projects: projects.map(({ id, name }) => ({ ixProject: id, sProject: name })) }),
  };
  return { data, errors: [], ...rest };
}

function caseJson(made: MadeCase, cols: readonly string[]): object {
  const { id, columns, tags, events } = made;
  const asked = cols.map((column): [string, unknown] => {
    if (column === 'tags') return [column, tags];
    if (column === 'events') return [column, historyOf(made)];
    if (column === 'latestEvent') {
      return [column, { ixBugEvent: events.length, sVerb: 'Opened', dt: CHANGED, evtDescription: 'Opened by Gateway' }];
    }
    const value = columns[column] ?? '';
    if (/^ix[A-Z]/.test(column)) return [column, Number(value)];
    return [column, /^f[A-Z]/.test(column) ? value === 'true' : value];
  });
  return { ixBug: id, operations: OPERATIONS, ...Object.fromEntries(asked) };
}

function columnsOf(call: Call | undefined): readonly string[] {
  return call?.cmd === 'listScoutCase' ? SCOUT : (call?.cols ?? []);
}
