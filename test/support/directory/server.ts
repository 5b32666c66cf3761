/**
 * A real directory server that a test may do anything to.
 *
 * ```ts
 * const slapd = await requireOpenLdap();
 * describe.skipIf(!slapd.ok)(`ldap adapter${reasonOf(slapd)}`, () => {
 *   let server: DirectoryServer;
 *   beforeAll(async () => { server = await startOpenLdap(); });
 *   afterAll(() => server.stop());
 *   …
 * });
 * ```
 *
 * `startActiveDirectory` (with `requireActiveDirectory`) gives the same face
 * of a Samba domain controller. Both are seeded with the people of `people.ts`,
 * and with the suite's customers below {@link DirectoryServer.suiteBaseDn}.
 */
export interface DirectoryServer {
  /** `ldap://127.…:PORT`, where StartTLS can be asked for. */
  readonly url: string;
  /** `ldaps://127.…:PORT`; the certificate names this address, `127.0.0.1` (where a cutter listens) and `localhost`. */
  readonly tlsUrl: string;
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number;
  /** The root of the directory; a search from here returns references too. */
  readonly baseDn: string;
  /** Where the people of `people.ts` are, and no references. */
  readonly peopleBaseDn: string;
  /** Where the groups are. */
  readonly groupsBaseDn: string;
  /** Where the suite's customers are, and nobody else. */
  readonly suiteBaseDn: string;
  /** The service account: a DN for OpenLDAP, `user@domain` for Active Directory. */
  readonly bindDn: string;
  /** Its password now; {@link setPassword} changes it. */
  readonly bindPassword: string;
  /** PEM of the authority (or the self-signed certificate) to trust. */
  readonly caFile: string;
  /** What the server's processes have written, the end of it. */
  readonly log: string;
  /** Asks it to end, waits for it, and removes its folder. It cannot be started again. */
  stop(): Promise<void>;
  /** SIGKILL: every connection breaks, and new ones are refused until {@link restart}. */
  kill(): Promise<void>;
  /** Ends it if it runs, and starts it on the same address with the same data; it accepts connections when this resolves. */
  restart(): Promise<void>;
  /** SIGSTOP: connections are accepted by the system and nothing is ever answered. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Gives the service account another password; connections that are bound stay bound. */
  setPassword(password: string): Promise<void>;
  /** Makes changes (RFC 2849: `dn: …`, `changetype: …`) as an administrator. Not for a server that is borrowed. */
  change(ldif: string): Promise<void>;
}
