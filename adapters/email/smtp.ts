/** One conversation with an SMTP server for one mail (RFC 5321). A mail is rare: no connection is kept. */

import type SmtpConnection from 'nodemailer/lib/smtp-connection';
import { SourceError } from '../../src/contract/index.ts';
import type { TlsOptions } from '../../src/kit/tls/index.ts';
import { failureOf } from './failures.ts';
import type { Mail } from './message.ts';

/** Where the server is and who we are. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly security: 'starttls' | 'tls' | 'none';
  readonly credentials: { readonly user: string; readonly pass: string } | undefined;
  readonly tls: TlsOptions;
}

/** Connects and logs in, and sends nothing. @throws {SourceError} */
export async function proveLogin(server: MailServer, signal: AbortSignal): Promise<void> {
  await conversation(server, signal, async () => undefined);
}

/**
 * Sends one mail.
 * @returns how many of its addresses the server refused; it took at least one
 * @throws {SourceError} `unsent` when no server can have taken the mail
 */
export async function sendMail(server: MailServer, mail: Mail, signal: AbortSignal): Promise<{ refused: number }> {
  return await conversation(server, signal, async ({ connection, step }) => {
    const envelope = { from: mail.from, to: [...mail.to], size: mail.bytes.byteLength };
    const info = await step('sending the mail', (done: (error: Error | null, info?: { rejected: string[] }) => void) =>
      connection.send(envelope, Buffer.from(mail.bytes), done),
    );
    return { refused: info?.rejected.length ?? 0 };
  });
}

interface Conversation {
  readonly connection: SmtpConnection;
  /** One step of the conversation: ends when the server answers, the connection ends, or the signal aborts. */
  step<T>(
    what: string,
    start: (done: (error: Error | null | undefined, result?: T) => void) => void,
  ): Promise<T | undefined>;
}

async function conversation<T>(
  server: MailServer,
  signal: AbortSignal,
  talk: (conversation: Conversation) => Promise<T>,
): Promise<T> {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  signal.throwIfAborted();
  const connection = new Connection({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    tls: { ...server.tls, minVersion: 'TLSv1.2' },
    socketCloseTimeout: 0,
  });
  const { step, end } = stepsOf(connection, server, signal);
  try {
    await step('connecting', (done) => connection.connect(done));
    const { credentials } = server;
    if (credentials !== undefined) await step('logging in', (done) => connection.login({ credentials }, done));
    const result = await talk({ connection, step });
    connection.quit();
    return result;
  } finally {
    end();
  }
}

function stepsOf(connection: SmtpConnection, server: MailServer, signal: AbortSignal) {
  const where = `mail server ${server.host}:${server.port}`;
  let fail: ((error: unknown) => void) | undefined;
  const onAbort = () => fail?.(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  connection.on('error', (error: Error) => fail?.(error));
  connection.on('end', () => fail?.(new SourceError('unreachable', `${where} closed the connection`)));

  const step: Conversation['step'] = async (what, start) => {
    try {
      return await new Promise((resolve, reject) => {
        fail = reject;
        start((error, result) => (error ? reject(error) : resolve(result)));
      });
    } catch (error) {
      throw failureOf(error, { where, what, signal });
    } finally {
      fail = undefined;
    }
  };
  const end = () => {
    signal.removeEventListener('abort', onAbort);
    connection.close();
  };
  return { step, end };
}
