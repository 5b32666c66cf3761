/** What the checks that all SQL adapters share need of a database server. */

/** A server that runs for the tests. */
export interface SqlTestServer {
  /** Host, port, user, password, database: reaches it as the account of the gateway. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Runs statements as the administrator; the lines of the answer, without headings. */
  sql(statements: string): Promise<readonly string[]>;
  /** How many statements with this text the server is running at this moment. */
  running(mark: string): Promise<number>;
  /** How many statements with this text the server runs while `during` is under way. */
  ran(mark: string, during: () => Promise<unknown>): Promise<number>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again; done when it answers. */
  start(): Promise<void>;
}
