/**
 * The configuration as the gateway uses it: checked, with defaults, secrets and
 * adapters in place. `config/` makes it from the YAML file; nothing else does.
 */
import type { Adapter, Kind } from '../contract/index.ts';
import type { HttpSettings } from '../kit/http/index.ts';
import type { AjaxPlan } from './ajax/plan.ts';
import type { AuditPlan } from './audit/file.ts';
import type { EventsPlan } from './events/plan.ts';
import type { LookupPlan } from './lookup/plan.ts';
import type { AlertsPlan, PushTargetPlan, StorePlan, WebhookPlan } from './push/plan.ts';
import type { CachePlan } from './sources/answer-cache.ts';
import type { BreakerPlan } from './sources/breaker.ts';
import type { IndexPlan } from './sources/customer-index.ts';

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
  /** Undefined: no events are taken. */
  readonly events?: ReadonlyMap<string, EventsPlan> | undefined;
  /** Undefined: nobody is told. */
  readonly alerts?: AlertsPlan | undefined;
  readonly store: StorePlan;
  /** Undefined: there is no console. */
  readonly console?: ConsolePlan | undefined;
  /** Undefined: nobody keeps who looked whom up. */
  readonly audit?: AuditPlan | undefined;
  /** The address of HelpSpot, for links back to a request; no slash at the end. */
  readonly helpSpotUrl: string | undefined;
  /** The source that is the HelpSpot which asks: it has names for the numbers of requests. Undefined: nobody has. */
  readonly helpSpotSource?: string | undefined;
  /** Every value that came from `${NAME}` or `${file:PATH}`: masked wherever text is printed. */
  readonly secrets: readonly string[];
  /** Where a secret stands in the file itself: `sources.crm.password`. */
  readonly clearSecrets?: readonly string[];
  /** Undefined for one that was made of no file. */
  readonly origin?: PlanOrigin | undefined;
}

/** The file that a configuration was made of, as it was then. */
export interface PlanOrigin {
  readonly readAt: Date;
  /** Of its text: whether the file is another one by now. */
  readonly digest: string;
  /** The text, with every secret masked. */
  shown(): string;
}

/** `server:` Where the gateway listens and how long a caller waits at most. */
export interface ServerPlan {
  readonly host: string;
  readonly port: number;
  /** A call is answered within this time, whatever the sources do. Milliseconds. */
  readonly deadlineMs: number;
  /** Proxies in front of the gateway whose `X-Forwarded-For` is believed: addresses or networks. */
  readonly trustProxy: readonly string[];
  /** Undefined: plain HTTP. */
  readonly tls?: ServerTls | undefined;
  /** Where others reach the gateway, without a slash at the end; undefined: where it listens. */
  readonly publicAddress?: string | undefined;
  /** Undefined: `bin/livelookup` is not answered by the gateway. */
  readonly socket?: SocketPlan | undefined;
}

/** `server.tls:` Absolute paths of PEM files. */
export interface ServerTls {
  /** The certificate of this machine, then those of the authorities between. */
  readonly cert: string;
  readonly key: string;
}

/** `server.socket:` Where `bin/livelookup` asks a gateway that serves. */
export interface SocketPlan {
  /** Absolute path of a Unix socket; on Windows the name of a pipe. */
  readonly file: string;
  /** Who may open it. */
  readonly access: 'owner' | 'group';
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
  /** What it may do in the administrative part of the API; undefined: nothing. */
  readonly role?: ConsoleRole | undefined;
}

/** `log:` */
export interface LogPlan {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Whether the search values that staff sent are written to the log. Off unless asked. */
  readonly customerValues: boolean;
  /** How its lines are written where the gateway serves: JSON, the default, or for people to read. */
  readonly format?: LogFormat;
  /** Where they go; undefined: to standard error. */
  readonly file?: LogFilePlan | undefined;
}

/** How lines of the log are written. */
export type LogFormat = 'json' | 'pretty';

/** A log in a file. */
export interface LogFilePlan {
  /** Absolute. */
  readonly path: string;
  /** When it has so many bytes, it goes aside; undefined: never, others see to that. */
  readonly bytes: number | undefined;
  /** So many that went aside are kept. */
  readonly keep: number;
}

/** What somebody may do in the console and by the API: look, also set pushes right, also change what the gateway keeps. */
export const CONSOLE_ROLES = ['viewer', 'operator', 'administrator'] as const;
export type ConsoleRole = (typeof CONSOLE_ROLES)[number];

/** Whether a role may do what another one is needed for. */
export function mayDo(role: ConsoleRole, needed: ConsoleRole): boolean {
  return CONSOLE_ROLES.indexOf(role) >= CONSOLE_ROLES.indexOf(needed);
}

/** `console:` Who may open the pages for administrators. */
export interface ConsolePlan {
  readonly users: readonly ConsoleUser[];
  /** The header in which a trusted proxy (`server.trustProxy`) says who calls; undefined: nobody is believed. */
  readonly proxyUser: string | undefined;
  /** A session ends after this time in any case, and after a part of it without a call. Milliseconds. */
  readonly sessionMs: number;
  /** Undefined: nobody signs in at an OpenID Connect provider. */
  readonly openid?: OpenIdPlan | undefined;
}

/** `console.openid:` The OpenID Connect provider that signs people in. */
export interface OpenIdPlan {
  /** As the provider writes it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the provider sends the browser back to; undefined: the address that a trusted proxy names. */
  readonly redirect: string | undefined;
  /** What the provider is called on the sign-in page. */
  readonly title: string;
  readonly scopes: readonly string[];
  /** The claim that has the name; undefined: `preferred_username`, else `email`. */
  readonly nameClaim: string | undefined;
  /** Undefined: only `users` may look. */
  readonly roles: OpenIdRoles | undefined;
  /** How the provider is reached; paths are absolute. */
  readonly http: HttpSettings;
}

/** Roles of people who are not among `users`, by what the provider says of them. */
export interface OpenIdRoles {
  /** Has a text, or a list of texts. */
  readonly claim: string;
  /** The values of the claim that give a role. */
  readonly values: Readonly<Record<ConsoleRole, readonly string[]>>;
}

/** Somebody who may sign in. */
export interface ConsoleUser {
  readonly name: string;
  readonly role: ConsoleRole;
  /** As `helpspot-gateway console-password` prints it; undefined for who comes through the proxy or OpenID Connect only. */
  readonly password?: string | undefined;
}

/** `commandLine:` What `bin/livelookup` needs to know. */
export interface CommandLinePlan {
  /** Which custom field ids the positions after `phone` are, in ascending order. */
  readonly customFields: readonly number[];
  /** Absolute path of a file to which the log of each lookup is appended; undefined: standard error alone. */
  readonly log?: string | undefined;
}

/** `sources.NAME:` */
export interface SourcePlan {
  readonly name: string;
  readonly adapter: Adapter;
  /** What staff call this system: "Active Directory did not answer". The adapter's unless the file says another. */
  readonly title: string;
  /** A limit of this source's own, within the deadline. Milliseconds. */
  readonly timeoutMs: number | undefined;
  /** So many questions at once; the others wait in turn. `Infinity` for data that the gateway holds itself. */
  readonly concurrency: number;
  readonly breaker: BreakerPlan;
  /** Whether HTTP requests to it say which trace they belong to. */
  readonly traceparent?: boolean;
  /** Undefined: no answer is kept. */
  readonly cache?: CachePlan | undefined;
  /** Undefined: there is no index of what it lists. */
  readonly index?: IndexPlan | undefined;
  /** The settings, as the adapter's schema put them out. */
  readonly settings: unknown;
  /** Absolute folder that the paths of the settings are relative to. */
  readonly directory: string;
  /** Kinds of fields, where neither their names nor the adapter tell: `kdnr: code`. */
  readonly kinds?: ReadonlyMap<string, Kind>;
  /** How texts that are dates are written, by field: `DD.MM.YYYY`, `DD.MM.YYYY HH:mm`. */
  readonly dates?: ReadonlyMap<string, string>;
  /** The country of telephone numbers without a country code: `DE` (ISO 3166). */
  readonly country?: string | undefined;
  /**
   * What the file says of it, with its folder and the version of an outside adapter: plain data, whatever the adapter's
   * schema puts out. A source for which it is deeply equal stays open over a reload.
   */
  readonly written: unknown;
}
