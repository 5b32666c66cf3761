/** A real SMTP server on loopback (package `smtp-server`) that keeps what it gets, and can be told to misbehave. */
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';

/** A mail as it came in. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** The user who had logged in. */
  readonly user: string | undefined;
  readonly encrypted: boolean;
  /** Headers and body. */
  readonly raw: string;
}

/** What the server does instead of taking the next mail. */
export type MailFault =
  | { readonly at: 'mail' | 'recipient' | 'data'; readonly code: number; readonly words: string }
  /** Takes the mail, and closes the connection in place of saying so. */
  | 'cut-after'
  /** Never answers the mail. */
  | 'hang';

/** The server. */
export interface MailStandIn {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  readonly faults: MailFault[];
  /** Connections that are open now. */
  open(): number;
}

/** The account that the server knows. */
export const MAIL_ACCOUNT = { user: 'gateway', password: 'smtp-secret' };

/** Starts a server; it ends with the test. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailStandIn> {
  const mails: ReceivedMail[] = [];
  const faults: MailFault[] = [];
  const refusal = (at: 'mail' | 'recipient' | 'data') => {
    const [fault] = faults;
    if (typeof fault !== 'object' || fault.at !== at) return null;
    faults.shift();
    return Object.assign(new Error(fault.words), { responseCode: fault.code });
  };
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    closeTimeout: 100,
    onAuth({ username, password }, _session, done) {
      if (username === MAIL_ACCOUNT.user && password === MAIL_ACCOUNT.password) return done(null, { user: username });
      return done(Object.assign(new Error('5.7.8 Username and Password not accepted'), { responseCode: 535 }));
    },
    onMailFrom: (_address, _session, done) => done(refusal('mail')),
    onRcptTo({ address }, _session, done) {
      if (address.startsWith('nobody@')) return done(Object.assign(new Error('no such user'), { responseCode: 550 }));
      return done(refusal('recipient'));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const problem = refusal('data');
        if (problem !== null) return done(problem);
        const { mailFrom, rcptTo } = session.envelope;
        const fault = faults.shift();
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user,
          encrypted: session.secure,
          raw: Buffer.concat(chunks).toString('utf8'),
        });
        if (fault === 'cut-after') for (const connection of server.connections) connection.close();
        else if (fault !== 'hang') done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return { port: address.port, mails, faults, open: () => server.connections.size };
}
