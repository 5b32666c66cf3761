/** Every limit and time-out of the HTTP side, with its reason. */

/** See {@link httpLimits}. Times in milliseconds, sizes in bytes. */
export interface HttpLimits {
  readonly headerBytes: number;
  readonly bodyBytes: number;
  /** Bytes of the body of a form of the console, and of the one that signs in or out. */
  readonly consoleBytes: number;
  readonly signInBytes: number;
  readonly pushBytes: number;
  readonly eventBytes: number;
  readonly apiBytes: number;
  /** A count, not a size. */
  readonly pushParameters: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly timeoutCheckMs: number;
  readonly handshakeTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly connections: number;
  readonly connectionsOfAddress: number;
  readonly connectionsOfProxy: number;
  readonly strangers: number;
  readonly lingerMs: number;
  readonly closeGraceMs: number;
}

export const httpLimits: HttpLimits = {
  // HelpSpot puts every field of the request page into the request line, large text fields too. Node's own
  // limit of 16 KB refuses calls that happen every day; nobody types a megabyte.
  headerBytes: 1024 * 1024,
  // A POST carries the same fields once more. Percent-encoding triples a text, so this is some 2.5 MB of it.
  bodyBytes: 8 * 1024 * 1024,
  // The largest form of the console tries a push: a note, a comment and more fields of 50,000 characters each, encoded.
  consoleBytes: 2 * 1024 * 1024,
  // A name, a password, and where it leads. Anybody may send it, and it is read between the answers to others.
  signInBytes: 32 * 1024,
  // A pushed request has its whole history in it, mails with their quotes: some megabytes happen. Unpacked.
  pushBytes: 16 * 1024 * 1024,
  // What happened, told by another system: some kilobytes; an order with hundreds of lines is half of it. It is read in
  // one go, between the answers to others.
  eventBytes: 1024 * 1024,
  // Fifty ids of pushes and a filter are a tenth of it.
  apiBytes: 64 * 1024,
  // A webhook with its history has a dozen parameters for each entry, so this is a request with sixteen hundred of
  // them; ten times as many would hold up everybody for a second.
  pushParameters: 20_000,
  // HelpSpot sends its headers at once. A connection that does not is broken, or holds sockets on purpose.
  headersTimeoutMs: 15_000,
  // The whole request, body included: 8 MB in this time is a slow line of 2 Mbit/s.
  requestTimeoutMs: 30_000,
  // Node looks for overdue connections only so often; its own 30 s would double the time-outs above.
  timeoutCheckMs: 5_000,
  // Two ways there and back: what takes longer holds a socket on purpose. Node's own is 120 s.
  handshakeTimeoutMs: 10_000,
  // Longer than the idle time of reverse proxies (nginx, HAProxy, load balancers: 60 s), so that it is the proxy
  // that ends an idle connection, and never the gateway while the proxy is sending the next call.
  keepAliveTimeoutMs: 65_000,
  // A help desk has dozens of people, so this many connections are an attack or a loop. Whoever comes then ends the
  // connection that has been idle for the longest time.
  connections: 2_000,
  // One address is one HelpSpot: a web server with as many processes as its memory takes. Four addresses that hold
  // connections on purpose leave room for others.
  connectionsOfAddress: 400,
  // A reverse proxy has the connections of everybody, and a few are left for who looks after both.
  connectionsOfProxy: 1_900,
  // From addresses that may not call at all: enough for an administrator to read why.
  strangers: 20,
  // How long a caller whose request was cut off, or who may not call at all, may take to read why; without it a reset can overtake the answer.
  lingerMs: 2_000,
  // On closing, calls in hand get the deadline of the gateway and this much more to be written.
  closeGraceMs: 1_000,
};

/** So large a body is read between two answers to others: some 20 ms. A larger one is worth a thread. */
export const bytesReadAtOnce = 500_000;

/** The same for the fields of a form, however short they are: some 20 ms. */
export const fieldsReadAtOnce = 2_000;

/** Fields of a form of the console or of an address: some hundred custom fields, or fifty pushes. Each costs time, however short it is. */
export const mostFields = 2_000;

/** Calls are counted by the minute. */
export const rateWindowMs = 60_000;

/**
 * Wrong keys from one address in a minute before the address has to wait. A
 * wrong key in HelpSpot is clicked a few times; guessing needs millions.
 */
export const wrongKeysPerMinute = 30;

/** How many `key=` of one query string are tried: one is usual, a form field of the same name may come on top. */
export const keysPerQuery = 4;

/** How long `/readyz` repeats its last answer, so that a probe every second does not become load for the sources. Milliseconds. */
export const readyCacheMs = 5_000;

/** What may happen thousands of times in a minute is said in the log once in this time. Milliseconds. */
export const logPauseMs = 60_000;
