/** Where requests become messages: mails, and posts in a room. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startClassicCampfire } from '../campfire/classic.ts';
import { BOT_KEY, startOnceCampfire } from '../campfire/once.ts';
import { makeAuthority } from '../certificates.ts';
import { readMail } from '../mail-reader.ts';
import { MAIL_ACCOUNT, startMailServer } from '../smtp.ts';
import { temporaryFolder } from '../temp.ts';
import { type MadeThing, REFUSED, type TargetRow, webSystem } from './row.ts';

/** Mails in one outage. */
const MORE_THAN_COME = 100_000;

/** What HelpSpot's e-mail parser finds in a text (manual, chapter 5). */
const PARSER_TAG = /##\s*hs_(\w+):([^#]*)##/gi;

const email: TargetRow = {
  name: 'E-mail to another HelpSpot',
  adapter: 'email',
  async start() {
    const folder = await temporaryFolder();
    const authority = await makeAuthority(folder);
    const { key, certificate: cert } = await authority.issue('mail', ['127.0.0.1']);
    const server = await startMailServer({ key, cert, authOptional: false });
    const ca = join(folder, 'authority.pem');
    await writeFile(ca, authority.certificate);
    const settings = {
      host: '127.0.0.1',
      tls: { ca },
      ...MAIL_ACCOUNT,
      from: 'gateway@example.com',
      to: 'sales@example.com',
    };
    const more = { replyTo: '{{sEmail}}', helpSpotTags: { category: '6', custom5: '{{Custom5}}' } };
    return {
      port: server.port,
      settings: (port) => ({ ...settings, ...more, port }),
      made: () => server.mails.map(({ raw, to, encrypted, user }) => mailOf(raw, { to, encrypted, user })),
      loseAnswer: () => void server.faults.push('cut-after'),
      hasLost: () => server.faults.length === 0,
      suffer(outage) {
        const fault = outage === 'loses' ? 'cut-after' : ({ at: 'data', code: 451, words: 'try again later' } as const);
        server.faults.push(...Array.from({ length: MORE_THAN_COME }, () => fault));
        return () => void server.faults.splice(0);
      },
    };
  },
  also: {
    ...{ to: ['sales@example.com'], encrypted: true, user: 'gateway', replyTo: 'bobjones@gmail.com' },
    headers: [
      ...['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'reply-to', 'subject', 'to'],
    ],
    tags: [
      'category: 6',
      'custom5: Building 743',
      'customer_email: bobjones@gmail.com',
      'customer_firstname: Bob',
      'customer_lastname: Jones',
    ],
  },
  files: true,
  withoutTags: true,
  details: { texts: ['The mail server cannot be asked how it stands.', '@example.com>'] },
  refusals: {
    Password: { source: { password: 'another-password' }, words: REFUSED.credentials },
    Receiver: { source: { to: 'nobody@example.com' }, words: REFUSED.content },
  },
  lost: 'unclear',
};

function mailOf(raw: string, envelope: object): MadeThing {
  const mail = readMail(raw);
  const title = mail.header('subject') ?? '';
  const tags = Array.from(`${title}\n${mail.text}`.matchAll(PARSER_TAG), ([, name, value]) => `${name}: ${value}`);
  const also = {
    ...envelope,
    replyTo: mail.header('reply-to'),
    headers: mail.headers.map(([name]) => name).sort(),
    tags: tags.sort(),
  };
  const files = mail.parts
    .slice(1)
    .map((part) => ({ name: fileName(part.header('content-disposition')), content: part.text }));
  return { title, text: mail.text, also, files, raw: mail.text };
}

/** RFC 2231: `filename*0*=utf-8''icon%20`; or `filename="icon"`. */
function fileName(disposition = ''): string {
  const encoded = Array.from(disposition.matchAll(/filename\*\d*\*?=(?:utf-8'')?([^;\s]+)/g), ([, part]) => part).join(
    '',
  );
  return encoded === '' ? (/filename="([^"]*)"/.exec(disposition)?.[1] ?? '') : decodeURIComponent(encoded);
}

function onceCampfire(readable: boolean): TargetRow {
  return {
    name: readable ? 'ONCE Campfire' : 'ONCE Campfire whose bots cannot read',
    adapter: 'campfire',
    async start() {
      const { standIn, settings, messages } = await startOnceCampfire({ readable });
      onTestFinished(() => standIn.close());
      return {
        ...webSystem(standIn, { ...settings, findMessages: readable }, 0),
        made: () =>
          messages.map(({ html, plain, room }) => {
            const [title = '', ...text] = plain.split('\n');
            return { title, text: text.join('\n'), html, also: room, raw: html };
          }),
      };
    },
    also: '12',
    hidden: [BOT_KEY],
    details: {
      ...{ texts: ['Message in room 12'], titled: false },
      link: /^http:\/\/127\.0\.0\.1:\d+\/rooms\/12\/@1000$/,
    },
    refusals: {
      Key: { source: { botKey: '7-aaaaaaaaaaaa' }, words: REFUSED.credentials },
      Room: { source: { room: 13 }, words: REFUSED.content },
    },
    lost: readable ? 'found' : 'unclear',
  };
}

const classicCampfire: TargetRow = {
  name: 'Campfire, classic',
  adapter: 'campfire',
  async start() {
    const { standIn, settings, messages } = await startClassicCampfire();
    onTestFinished(() => standIn.close());
    return {
      ...webSystem(standIn, settings, 1),
      made: () =>
        messages.map(({ text, paste }) => {
          const [title = '', ...rest] = text.split('\n');
          return { title, text: rest.join('\n'), also: paste, raw: text };
        }),
    };
  },
  also: true,
  details: { texts: ['Room 182650'], titled: false, link: /^http:\/\/127\.0\.0\.1:\d+\/room\/182650$/ },
  refusals: {
    Password: { source: { password: 'wrong horse' }, words: REFUSED.credentials },
    Room: { source: { room: 99 }, words: REFUSED.content },
  },
  lost: 'unclear',
};

/** Every row. */
export const MESSAGES: readonly TargetRow[] = [email, onceCampfire(true), onceCampfire(false), classicCampfire];
