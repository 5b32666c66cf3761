/** What an entry of the audit is: who asked for what, when, and which customers came of it. Plain data. */

/** What was done. `lost`: nothing of a person, but how many entries could not be kept. */
export const AUDIT_KINDS = [
  ...(['lookup', 'ajax', 'push', 'details', 'webhook'] as const),
  ...(['event', 'sign-in', 'change', 'lost'] as const),
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** How it ended. `unknown`: the configuration has nothing of that name. `gone`: the caller went before the answer. */
export const AUDIT_OUTCOMES = ['found', 'nobody', 'done', 'failed', 'unknown', 'gone', 'lost'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** How a source took part. `rested`: it was not asked after failures; `late`: it was not waited for; `stale`: an old answer stood in. */
export const AUDITED_STATES = ['answered', 'failed', 'stale', 'rested', 'late'] as const;
export type AuditedState = (typeof AUDITED_STATES)[number];

/** By what way it was done; empty: by no person. */
export const AUDIT_WAYS = ['http', 'command-line', 'console', ''] as const;
export type AuditWay = (typeof AUDIT_WAYS)[number];

/** One entry. Texts are empty where nothing is known. */
export interface AuditEntry {
  /** When it began: milliseconds since 1970. */
  readonly at: number;
  readonly kind: AuditKind;
  /** Of the lookup, the AJAX field, the push target, the webhook; of a change: the words of the command, `pushes retry`. */
  readonly name: string;
  /**
   * Who clicked, as HelpSpot says (`xPerson`, first and last name); of a change on the command line the account of the system;
   * in the console who is signed in.
   */
  readonly personId: string;
  readonly personName: string;
  /** The number of the request. */
  readonly request: string;
  /** The match step that found somebody. */
  readonly step: string;
  /** Ids of the customers that were found: the first {@link AUDIT_LIMITS}.ids of them. */
  readonly customers: readonly string[];
  /** Ids of what is no customer: pushes, or what a command changed. */
  readonly things: readonly string[];
  /** How many were found, shown or changed. */
  readonly count: number;
  readonly sources: readonly { readonly source: string; readonly state: AuditedState }[];
  readonly outcome: AuditOutcome;
  /** The HTTP status of a failure; 0: there was none. */
  readonly status: number;
  /** Leads to the lines of the log. */
  readonly reference: string;
  /** The name of the key that was shown. */
  readonly caller: string;
  readonly via: AuditWay;
  readonly milliseconds: number;
  /** Which gateway wrote it, where several write into one store: the name of its machine. */
  readonly gateway?: string | undefined;
  /** What was searched for; only where `audit.values` asks for it. */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

/** What an entry takes at most; the rest is cut, since anybody who may call writes here. */
export const AUDIT_LIMITS = {
  /** Names of the configuration have 100 characters at most; ids and numbers have fewer. */
  text: 100,
  /** Nobody looks at more customers at once; `count` says how many there were. */
  ids: 50,
  /** Sources of one lookup. */
  sources: 50,
  /** Parameters of one call, and characters of each: what staff type is shorter. */
  values: 60,
  value: 200,
} as const;

/** An entry of which only what is known is given. */
export type NewAuditEntry = Pick<AuditEntry, 'at' | 'kind' | 'name' | 'outcome'> & {
  readonly [Name in keyof AuditEntry]?: AuditEntry[Name] | undefined;
};

/**
 * JSON of an entry, within {@link AUDIT_LIMITS}, as `JSON.stringify` writes it, in half of the time: every lookup comes here.
 * What it is found by comes before `step`: whoever files it need not read the rest.
 */
export function auditLine(entry: NewAuditEntry): string {
  const {
    at,
    kind,
    name,
    personId = '',
    personName = '',
    request = '',
    customers = [],
    step = '',
    things = [],
  } = entry;
  const { count = 0, sources = [], outcome, status = 0, reference = '', caller = '', via = '' } = entry;
  const { milliseconds = 0, values } = entry;
  // One look at all that are short takes less time than one at each.
  const all = `${name}${personId}${personName}${request}${step}${reference}${caller}`;
  const text = all.length <= AUDIT_LIMITS.text && AS_IT_IS.test(all) ? inQuotes : quoted;
  const who = `"personId":${text(personId)},"personName":${text(personName)},"request":${text(request)}`;
  const found = `"customers":${listed(customers)},"step":${text(step)},"things":${listed(things)},"count":${count}`;
  const ended = `"sources":[${states(sources)}],"outcome":"${outcome}","status":${status}`;
  const way = `"reference":${text(reference)},"caller":${text(caller)},"via":"${via}","milliseconds":${milliseconds}`;
  const searched = values === undefined ? '' : `,"values":${JSON.stringify(shortValues(values))}`;
  return `{"at":${at},"kind":"${kind}","name":${text(name)},${who},${found},${ended},${way}${searched}}`;
}

/** What stands in JSON as it is: no quote, backslash, control character, nor half of a character. */
const AS_IT_IS = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function inQuotes(text: string): string {
  return `"${text}"`;
}

function quoted(text: string): string {
  if (text.length <= AUDIT_LIMITS.text && AS_IT_IS.test(text)) return inQuotes(text);
  return JSON.stringify(auditText(text));
}

function listed(texts: readonly string[]): string {
  const [first] = texts;
  if (first === undefined) return '[]';
  return texts.length === 1 ? `[${quoted(first)}]` : `[${texts.slice(0, AUDIT_LIMITS.ids).map(quoted).join()}]`;
}

function states(sources: AuditEntry['sources']): string {
  let text = '';
  for (const { source, state } of sources.slice(0, AUDIT_LIMITS.sources)) {
    text += `${text === '' ? '' : ','}{"source":${quoted(source)},"state":"${state}"}`;
  }
  return text;
}

/** In the audit itself, so that who reads it knows that it is not whole. */
export function lostEntry(count: number, at = Date.now()): NewAuditEntry {
  return { at, kind: 'lost', name: '', outcome: 'lost', count };
}

/**
 * A text as entries have it, and as they are searched by. Well-formed: what is cut may be a half of a character, and the file
 * keeps UTF-8, which has none. Without NUL, at which a search by a part of a name ends.
 */
export function auditText(text: string): string {
  return (text.length <= AUDIT_LIMITS.text ? text : text.slice(0, AUDIT_LIMITS.text))
    .replaceAll('\0', '')
    .toWellFormed();
}

function shortValues(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value.trim() !== '')
      .slice(0, AUDIT_LIMITS.values)
      .map(([name, value]) => [auditText(name), value.slice(0, AUDIT_LIMITS.value).toWellFormed()]),
  );
}
