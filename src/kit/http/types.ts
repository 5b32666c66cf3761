/** What goes into the HTTP client and what comes out of it. */
import type { Log, SourceError } from '../../contract/index.ts';
import type { HttpSettings } from './settings.ts';
import type { XmlElement } from './xml.ts';

/** Header names and values. */
export type Headers = Readonly<Record<string, string>>;

/** How an {@link HttpClient} is made: one for a source. */
export interface HttpClientOptions {
  /** `https://ACCOUNT.highrisehq.com`, with or without a path. Every request goes to this origin and to no other. */
  readonly baseUrl: string;
  /** The name of the system in messages: "Highrise". */
  readonly system: string;
  /** Sent with every request. */
  readonly headers?: Headers;
  /**
   * Headers that prove who we are, asked for before each request; `refresh` after
   * the system refused the last ones with a 401. The same headers again are not tried again.
   */
  readonly authorize?: ((signal: AbortSignal, refresh: boolean) => Promise<Headers> | Headers) | undefined;
  /**
   * What tells the account from others of the same origin: its token, or its name and password. All clients of this
   * process with the same share one rate limiter: the lowest `requestsPerSecond` holds, and so does a pause that the
   * system asks for. Left out: this client has a limiter of its own.
   */
  readonly credentials?: readonly string[];
  readonly settings: HttpSettings;
  /** An absolute path for a path of the settings: `services.resolve`. */
  readonly resolve: (path: string) => string;
  readonly log: Log;
  /** The largest answer in bytes, 5 MB unless given. More is a `bad-response`, and the rest is never read. */
  readonly maxBytes?: number;
  /** The vendor's own words in an error answer; undefined for what a look at the usual places finds. */
  readonly errorText?: (answer: HttpAnswer) => string | undefined;
  /**
   * What must not be read in a message or a log, in whatever form: passwords and tokens that are sent in a body or a
   * path. Those in headers, and in parameters whose name says it, are known here. A function is asked each time.
   */
  readonly secrets?: readonly string[] | (() => readonly string[]);
  /** Whoever knows the address can use it, as that of an incoming web hook: messages and the log have its host only. */
  readonly secretAddress?: boolean;
}

/** One request. At most one of `json`, `form`, `xml`, `text` and `multipart`. */
export interface HttpRequest {
  /** GET unless given. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `baseUrl`, with a slash at the start; or an absolute URL of the same origin (paging links). Values in it go through {@link pathOf}. */
  readonly path: string;
  /** Encoded here. What is undefined or empty is left out; a list repeats the name. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly headers?: Headers;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly xml?: string;
  readonly text?: string;
  readonly multipart?: FormData;
  /**
   * Whether it may be sent again after a broken connection, 408, 425, 429 or 503. True for
   * GET; for a POST only when it merely reads, or the system takes an idempotency key.
   */
  readonly repeatable?: boolean;
  /** Statuses that the caller handles itself instead of having a {@link SourceError} thrown. */
  readonly expect?: readonly number[];
  /** What it asks for has a limit of its own, which the adapter keeps: a refusal holds up no other request. */
  readonly hasOwnLimit?: boolean;
  /** The reference of the call, for the log. */
  readonly reference?: string;
}

/** An answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** @throws {SourceError} `bad-response` when the bytes are not in the encoding that the answer names */
  readonly text: string;
  readonly bytes: Uint8Array;
  /** The vendor's own words in an error answer, by {@link HttpClientOptions.errorText}: one line without secrets, or ''. */
  readonly words: string;
  /** A text out of the answer as a message can have it: one line without secrets. */
  quoted(text: string): string;
  /** @throws {SourceError} `bad-response` when the answer is no JSON */
  json(): unknown;
  /** The root element. @throws {SourceError} `bad-response` when the answer is no well-formed XML, or has a DTD */
  xml(): XmlElement;
  /** The failure of an answer that is not in the format that it should have. @param why ': …', or '' */
  unreadable(format: 'JSON' | 'XML', why: string): SourceError;
  /** The failure of an answer that came in time and takes too long to read. */
  notReadInTime(): SourceError;
}

/** The connections to one web system. */
export interface HttpClient {
  /**
   * Sends a request and gives the answer: a 2xx, or a status of `expect`.
   * @throws {SourceError} for everything else: see `failures.ts`
   * @throws {UserError} when a file that the settings name cannot be used
   * @throws the signal's reason, when it aborts for another reason than its deadline
   */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /** Ends every connection. */
  close(): Promise<void>;
}
