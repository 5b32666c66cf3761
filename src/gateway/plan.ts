/**
 * The configuration as the gateway uses it: checked, with defaults, secrets and
 * adapters in place. `config/` makes it from the YAML file; nothing else does.
 */
import type { Adapter, Criterion, MatchKind } from '../contract/index.ts';
import type { AjaxPlan } from './ajax/plan.ts';
import type { PushTargetPlan, StorePlan, WebhookPlan } from './push/plan.ts';

/** A whole configuration. */
export interface GatewayPlan {
  /** Absolute path of the configuration file. */
  readonly file: string;
  readonly server: ServerPlan;
  readonly access: AccessPlan;
  readonly log: LogPlan;
  readonly commandLine: CommandLinePlan;
  readonly sources: ReadonlyMap<string, SourcePlan>;
  readonly lookups: ReadonlyMap<string, LookupPlan>;
  readonly ajax: ReadonlyMap<string, AjaxPlan>;
  readonly push: ReadonlyMap<string, PushTargetPlan>;
  readonly webhooks: ReadonlyMap<string, WebhookPlan>;
  readonly store: StorePlan;
  /** The address of HelpSpot, for links back to a request; no slash at the end. */
  readonly helpSpotUrl: string | undefined;
  /** Every value that came from `${NAME}` or `${file:PATH}`: masked wherever text is printed. */
  readonly secrets: readonly string[];
}

/** `server:` Where the gateway listens and how long a caller waits at most. */
export interface ServerPlan {
  readonly host: string;
  readonly port: number;
  /** A call is answered within this time, whatever the sources do. Milliseconds. */
  readonly deadlineMs: number;
  /** Proxies in front of the gateway whose `X-Forwarded-For` is believed: addresses or networks. */
  readonly trustProxy: readonly string[];
}

/** `access:` Who may call. */
export interface AccessPlan {
  readonly keys: readonly AccessKey[];
  /** CIDR networks that may call at all; empty: every address. */
  readonly networks: readonly string[];
  /** Calls a minute for one key and address; 0: no limit. */
  readonly ratePerMinute: number;
}

/** One key: `name` is for the log, `secret` is what the caller shows. */
export interface AccessKey {
  readonly name: string;
  readonly secret: string;
}

/** `log:` */
export interface LogPlan {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Whether the search values that staff sent are written to the log. Off unless asked. */
  readonly customerValues: boolean;
}

/** `commandLine:` For HelpSpot before 5.3.0. */
export interface CommandLinePlan {
  /** Which custom field ids the positions after `phone` are, in ascending order. */
  readonly customFields: readonly number[];
}

/** `sources.NAME:` */
export interface SourcePlan {
  readonly name: string;
  readonly adapter: Adapter;
  /** What staff call this system: "Active Directory did not answer". The adapter's unless the file says another. */
  readonly title: string;
  /** A limit of this source's own, within the deadline. Milliseconds. */
  readonly timeoutMs: number | undefined;
  /** The settings, as the adapter's schema put them out. */
  readonly settings: unknown;
  /** Absolute folder that the paths of the settings are relative to. */
  readonly directory: string;
  /** Equal for equal adapter and settings: an unchanged source stays open over a reload. */
  readonly fingerprint: string;
}

/** `lookups.NAME:` */
export interface LookupPlan {
  readonly name: string;
  /** Names of sources, in order of precedence. */
  readonly sources: readonly string[];
  readonly match: readonly MatchStep[];
  /** Elements that HelpSpot shows as columns of a table. Empty: HelpSpot's own choice. */
  readonly columns: readonly string[];
  /** At most so many customers in one answer. */
  readonly limit: number;
  /** Records of several sources with the same value in this field become one customer. */
  readonly mergeBy: string | undefined;
  /** What is shown. Undefined: every field under its own name. */
  readonly fields: readonly FieldPlan[] | undefined;
  /** With `fields`: whether fields that it does not name are shown too, under their own names. */
  readonly otherFields: boolean;
  /** Contacts only, for HelpSpot's address book (manual, chapter 1.3). */
  readonly addressBook?: AddressBookPlan | undefined;
}

/** `lookups.NAME.addressBook:` */
export interface AddressBookPlan {
  /** What highlighted contacts are found by; undefined: they are looked for among all that the sources list. */
  readonly highlighted: readonly Criterion[] | undefined;
}

/** One entry of `match`: all its inputs must be given, and all must match. */
export type MatchStep = readonly MatchInput[];

/** One input of a match step. */
export interface MatchInput {
  /** The HelpSpot parameter that holds the value: `email`, `Custom5`. */
  readonly parameter: string;
  /** The field of the source that is searched. */
  readonly field: string;
  readonly match: MatchKind;
}

/** The HelpSpot staff levels that a field can be limited to. */
export type UserType = 'admin' | 'help-desk' | 'level-2' | 'guest';

/** One element of the answer and where it comes from. */
export interface FieldPlan {
  /** The element, as HelpSpot spells it: `first_name`, `Custom5`, `admin_link`. */
  readonly element: string;
  readonly content: ContentPlan;
  /** Who sees it; undefined: everybody. */
  readonly visibleTo: readonly UserType[] | undefined;
}

/**
 * How an element's value is made. Templates are texts with `{{field}}`; an
 * element whose templates use no known field is left out.
 */
export type ContentPlan =
  /** The value of a field. `html`: the field holds HTML, which is sanitised; `date` and `list` say how dates and lists are written. */
  | {
      readonly kind: 'field';
      readonly from: string;
      readonly html: boolean;
      readonly date: DateStyle;
      readonly list: ListStyle;
    }
  /** A template whose result is text. A constant is a template without fields. */
  | { readonly kind: 'template'; readonly template: string }
  /** A template whose result is HTML: the values are escaped, the result is sanitised. */
  | { readonly kind: 'html'; readonly template: string }
  /** A link; the values are percent-encoded in `href`. */
  | { readonly kind: 'link'; readonly href: string; readonly text: string }
  /** A drill-down value: the levels' texts joined as HelpSpot asks. */
  | { readonly kind: 'drillDown'; readonly levels: readonly string[] }
  /** 1 or 0, as a HelpSpot checkbox takes it. */
  | { readonly kind: 'checkbox'; readonly from: string }
  /** Not shown at all, though it would be shown by default. */
  | { readonly kind: 'hidden' };

/** `iso`: 2026-11-21T09:30:00Z; `date`: 2026-11-21; `unix`: seconds, as HelpSpot's date fields take it. */
export type DateStyle = 'iso' | 'date' | 'unix';

/** `comma`: `a, b`; `lines`: one a line; `bullets`: an HTML list. */
export type ListStyle = 'comma' | 'lines' | 'bullets';
