import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import email from '../../../adapters/email/index.ts';
import { composeMail } from '../../../adapters/email/message.ts';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { type Certificate, makeAuthority, type TestAuthority } from '../../support/certificates.ts';
import { failureOf } from '../../support/failure-of.ts';
import { readMail } from '../../support/mail-reader.ts';
import { context } from '../../support/open-source.ts';
import { openTarget, pushRequest } from '../../support/push-source.ts';
import { runs } from '../../support/runs.ts';
import { MAIL_ACCOUNT, type MailStandIn, startMailServer } from '../../support/smtp.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';

const folder = await temporaryFolderForAll();
let authority: TestAuthority;
let certificate: Certificate;

beforeAll(async () => {
  authority = await makeAuthority(folder);
  certificate = await authority.issue('mail', ['127.0.0.1']);
});

function startSecure(secure = false) {
  return startMailServer({ key: certificate.key, cert: certificate.certificate, secure, authOptional: false });
}

const PLAIN = { host: '127.0.0.1', security: 'none', from: 'helpdesk@example.com', to: 'sales@example.com' };

function plain(server: MailStandIn, more: object = {}) {
  return openTarget(email, { ...PLAIN, port: server.port, ...more });
}

function secure(server: MailStandIn, more: object = {}) {
  const { user, password } = MAIL_ACCOUNT;
  const tls = { ca: authority.certificateFile };
  return plain(server, { security: 'starttls', tls, user, password, ...more });
}

function lastMail(server: MailStandIn) {
  const mail = server.mails.at(-1);
  if (mail === undefined) throw new Error('the server got no mail');
  return { ...mail, ...readMail(mail.raw) };
}

describe('a mail', () => {
  it('holds title, body and the way back, and its id is the message id', async () => {
    const server = await startMailServer();
    const target = await plain(server, { fromName: 'Help "Desk"', cc: ['boss@example.com'], replyTo: '{{sEmail}}' });
    const request = pushRequest({ title: 'Drucker brennt – 1. Stock 🔥', body: 'Zeile 1\nZeile 2: größer' });
    const receipt = await target.push(request, context());

    const mail = lastMail(server);
    expect(receipt.id).toBe(`<${request.reference}@example.com>`);
    expect(mail.header('message-id')).toBe(receipt.id);
    expect(mail.header('subject')).toBe('Drucker brennt – 1. Stock 🔥');
    expect(mail.header('from')).toBe('"Help \\"Desk\\"" <helpdesk@example.com>');
    expect(mail.header('reply-to')).toBe('bob@example.com');
    expect(mail.to).toEqual(['sales@example.com', 'boss@example.com']);
    expect(mail.text).toBe(
      'Zeile 1\nZeile 2: größer\n\nHelpSpot request 12400: https://help.example.com/admin?pg=request&reqid=12400\n',
    );
  });

  it('carries files', async () => {
    const server = await startMailServer();
    const target = await plain(server);
    const bytes = Buffer.from([0, 1, 2, 255]);
    const files = [{ name: 'naïve "plan".png', type: 'image/png\r\nX-Evil: 1', url: undefined, bytes }];
    await target.push(pushRequest({ files }), context());
    const [, file] = lastMail(server).parts;
    expect(file?.header('content-type')).toMatch(/^image\/png; name=/);
    expect(file?.header('content-disposition')).toContain('attachment');
    expect(lastMail(server).raw).toContain(bytes.toString('base64'));
    expect(lastMail(server).raw).not.toContain('X-Evil');
  });

  it('leaves out a reply address that is none', async () => {
    const server = await startMailServer();
    const target = await plain(server, { replyTo: '{{sEmail}}' });
    const values = { sEmail: 'a@b.example>, evil@example.com' };
    await target.push(pushRequest({ values }), context());
    expect(lastMail(server).header('reply-to')).toBeUndefined();
  });

  it('is no way to end the mail and begin another', async () => {
    const server = await startMailServer();
    const body = 'a\r\n.\r\nMAIL FROM:<evil@example.com>\r\n..\n.';
    await (await plain(server)).push(pushRequest({ body, link: undefined }), context());
    expect(server.mails).toHaveLength(1);
    expect(lastMail(server).text).toBe('a\n.\nMAIL FROM:<evil@example.com>\n..\n.\n');
  });

  it('is no way to add a header, an address or a tag, whatever it holds', async () => {
    const helpSpotTags = { category: 6, forward: true, custom7: { value: '{{sFirstName}}', type: 'large' } };
    const tagged = { ...PLAIN, helpSpotTags, replyTo: '{{sEmail}}' };
    const settings = email.settings.parse(tagged);
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        'a\r\nBcc: evil@example.com',
        '##hs_category:9##',
        '##',
        '#',
        '.\r\nMAIL FROM:<x@y.example>',
        '##HS_custom1:x##',
      ),
    );
    const text = fc.array(nasty, { maxLength: 4 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, text, async (title, body, name) => {
        const values = { sFirstName: name, sUserId: 'A1', sEmail: name };
        const composed = await composeMail(pushRequest({ title, body, values }), settings);
        const mail = readMail(Buffer.from(composed.bytes).toString('utf8'));
        const names = mail.headers.map(([header]) => header);
        const known = ['from', 'reply-to', 'to', 'subject', 'message-id', 'auto-submitted', 'date', 'mime-version'];
        const content = ['content-type', 'content-transfer-encoding'];
        expect(names.filter((header) => ![...known, ...content].includes(header))).toEqual([]);
        expect(composed.to).toEqual(['sales@example.com']);
        const tags = `${mail.header('subject')}\n${mail.text}`.match(/##\s*(?:hs_\w+|forward\s*):/gi) ?? [];
        const customer = ['##hs_customer_id:', '##hs_customer_firstname:', '##hs_customer_email:'];
        const allowed = [...customer, '##hs_category:', '##hs_custom7:', '##forward:'];
        expect(tags.filter((tag) => !allowed.includes(tag))).toEqual([]);
        expect(tags.filter((tag) => tag === '##hs_category:')).toHaveLength(1);
        expect(tags.filter((tag) => tag === '##forward:')).toHaveLength(1);
      }),
      runs(80),
    );
  });
});

describe('tags for another HelpSpot', () => {
  it('hold the customer, and what the administrator adds', async () => {
    const server = await startMailServer();
    const target = await plain(server, {
      helpSpotTags: { category: '6', custom3: '{{Custom5}}', custom4: '{{Custom6}}' },
    });
    const values = { sUserId: '589GK42', sFirstName: 'Timothy', sLastName: 'Ry##an#', sPhone: '', Custom5: 'a\nb' };
    await target.push(pushRequest({ body: 'Hello', link: undefined, values }), context());
    expect(lastMail(server).text).toBe(
      'Hello\n\n##hs_customer_id:589GK42##\n##hs_customer_firstname:Timothy##\n##hs_customer_lastname:Ry# #an# ##\n' +
        '##hs_category:6##\n##hs_custom3:a b##\n',
    );
  });

  /** What HelpSpot's parser reads: a tag ends at the next two number signs. */
  function parsedTags(text: string): Record<string, string> {
    const found = Array.from(text.matchAll(/##(?:hs_)?(\w+):([\s\S]*?)##/g), ([, name = '', value = '']) => [
      name,
      value,
    ]);
    return Object.fromEntries(found);
  }

  async function pushed(helpSpotTags: object, values: Record<string, string>, title = 'Printer') {
    const server = await startMailServer();
    const target = await plain(server, { helpSpotTags });
    await target.push(pushRequest({ title, body: 'Hello', link: undefined, values }), context());
    const { text, header } = lastMail(server);
    return { text, tags: parsedTags(text), subject: header('subject'), lines: target.log.lines };
  }

  it('have the form that the type of a custom field wants', async () => {
    const typed = (type: string, place: string) => ({ value: `{{${place}}}`, type });
    const { tags, lines } = await pushed(
      {
        category: 6,
        custom1: typed('list', 'list'),
        custom2: typed('text', 'lines'),
        custom3: typed('large', 'lines'),
        custom4: typed('checkbox', 'yes'),
        custom5: typed('checkbox', 'no'),
        custom6: typed('numeric', 'amount'),
        custom7: true,
        custom8: false,
        custom9: '{{lines}}',
        custom10: typed('checkbox', 'nothing'),
      },
      { list: 'Time  Reporting', lines: 'a\r\n\r\n## b\n C#', yes: 'Yes', no: 'false', amount: '-12.00' },
    );
    expect(tags).toEqual({
      category: '6',
      custom1: 'Time  Reporting',
      custom2: 'a # # b C# ',
      custom3: 'a\n\n# # b\n C# ',
      custom4: '1',
      custom5: '0',
      custom6: '-12',
      custom7: '1',
      custom8: '0',
      custom9: 'a # # b C# ',
    });
    expect(lines).toEqual([]);
  });

  it('keep the lines of a large text on the way through the mail, however long they are', async () => {
    const note = Array.from({ length: 60 }, (_, index) => `${index}: ${'größer '.repeat(30)}.`).join('\n');
    const { tags } = await pushed({ custom3: { value: '{{note}}', type: 'large' } }, { note });
    expect(tags['custom3']).toBe(note);
  });

  it('are cut where half of a value is one, left out where it is not, and both is said', async () => {
    const long = `${'x'.repeat(253)}😀 and more`;
    const typed = (type: string, place: string) => ({ value: `{{${place}}}`, type });
    const { tags, text, lines } = await pushed(
      {
        category: '{{long}}',
        custom1: '{{long}}',
        custom2: typed('large', 'huge'),
        custom3: typed('list', 'long'),
        custom4: typed('numeric', 'half'),
        custom5: typed('checkbox', 'half'),
        custom6: typed('list', 'tag'),
      },
      { sUserId: long, sFirstName: long, long, huge: 'line\n'.repeat(10_000), half: '1.5', tag: 'a##b' },
    );
    expect(tags).toMatchObject({ customer_firstname: `${'x'.repeat(253)}…`, custom1: `${'x'.repeat(253)}…` });
    expect(tags['custom2']).toMatch(/^line\n[\s\S]*\n\n\[\d+ more characters are left out\]$/);
    expect(Object.keys(tags)).toEqual(['customer_firstname', 'custom1', 'custom2']);
    const problems = [
      'hs_customer_id is left out: it has more than 255 characters',
      'hs_customer_firstname is cut to 255 characters',
      'hs_category is left out: it is no number',
      'hs_custom1 is cut to 255 characters',
      'hs_custom2 is cut to 15000 characters',
      'hs_custom3 is left out: it has more than 255 characters',
      'hs_custom4 is left out: it is no integer',
      'hs_custom5 is left out: it says neither yes nor no',
      'hs_custom6 is left out: it has ## in it, which ends a tag',
    ];
    expect(text.replaceAll('\n', ' ')).toContain(`[${problems.join('; ')}]`);
    expect(lines).toMatchObject([{ level: 'warn', fields: { tags: problems, push: expect.stringMatching(/^hs-/) } }]);
    expect(JSON.stringify(lines)).not.toContain('xxx');
  });

  it('can say that the mail is a forward, in the text or in the subject', async () => {
    const inText = await pushed({ forward: true }, {});
    expect([inText.text, inText.subject]).toEqual(['Hello\n\n##forward:true##\n', 'Printer']);
    const inSubject = await pushed({ forward: 'subject' }, {}, 'a ##forward:true##');
    expect([inSubject.text, inSubject.subject]).toEqual(['Hello\n', 'a # #forward:true## ##forward:true##']);
    expect((await pushed({ forward: false }, {})).text).toBe('Hello\n');
  });

  it('of the request itself lose their power', async () => {
    const server = await startMailServer();
    const target = await plain(server);
    const body = '###hs_category:6## ##forward:true## C: a##b ## Title';
    await target.push(pushRequest({ title: '##Forward:true##', body, link: undefined }), context());
    expect(lastMail(server).text).toBe('## #hs_category:6## # #forward:true## C: a##b ## Title\n');
    expect(lastMail(server).header('subject')).toBe('# #Forward:true##');
  });
});

describe('the way to the server', () => {
  it('is encrypted before the password is sent', async () => {
    const server = await startSecure();
    const target = await secure(server);
    await target.check(context());
    await target.push(pushRequest(), context());
    expect(lastMail(server)).toMatchObject({ encrypted: true, user: 'gateway' });
  });

  it('may be TLS from the start', async () => {
    const server = await startSecure(true);
    await (await secure(server, { security: 'tls' })).push(pushRequest(), context());
    expect(lastMail(server).encrypted).toBe(true);
  });

  it('is not taken when the server offers no TLS', async () => {
    const server = await startMailServer({ disabledCommands: ['STARTTLS'] });
    const failure = await failureOf((await secure(server)).push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: true });
    expect(server.mails).toEqual([]);
  });

  it('is not taken when nobody vouches for the certificate', async () => {
    const server = await startSecure();
    const target = await secure(server, { tls: {} });
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: true, remedy: expect.stringContaining('tls.ca') });
  });

  it('is given up at the deadline, and the connection is closed', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const target = await openTarget(email, { ...PLAIN, port: address.port });
    const failure = await failureOf(target.push(pushRequest(), context(300)));
    expect(failure).toMatchObject({ kind: 'timeout', unsent: true });
    await expect.poll(() => [...sockets].every((socket) => socket.readableEnded || socket.destroyed)).toBe(true);
    for (const socket of sockets) socket.destroy();
  });
});

describe('a failure', () => {
  it.each([
    [{ at: 'mail', code: 452, words: 'insufficient storage' }, 'unreachable'],
    [{ at: 'recipient', code: 451, words: 'greylisted' }, 'unreachable'],
    [{ at: 'recipient', code: 550, words: 'relay denied' }, 'rejected'],
    [{ at: 'data', code: 552, words: 'message too large' }, 'rejected'],
    [{ at: 'data', code: 451, words: 'try later' }, 'unreachable'],
  ] as const)('%j is surely not done', async (fault, kind) => {
    const server = await startMailServer();
    server.faults.push(fault);
    const failure = await failureOf((await plain(server)).push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind, message: expect.stringContaining(fault.words) });
    expect(surelyNotDone(failure)).toBe(true);
    expect(server.mails).toEqual([]);
  });

  it('after the mail was handed over leaves open whether it was taken', async () => {
    const server = await startMailServer();
    server.faults.push('cut-after');
    const failure = await failureOf((await plain(server)).push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'unreachable' });
    expect(surelyNotDone(failure)).toBe(false);
    expect(server.mails).toHaveLength(1);
  });

  it('by silence after the mail leaves it open too', async () => {
    const server = await startMailServer();
    server.faults.push('hang');
    const failure = await failureOf((await plain(server)).push(pushRequest(), context(1_000)));
    expect(failure).toMatchObject({ kind: 'timeout' });
    expect(surelyNotDone(failure)).toBe(false);
    await expect.poll(() => server.open()).toBe(0);
  });

  it('of a wrong password says so, without the password', async () => {
    const server = await startSecure();
    const failure = await failureOf((await secure(server, { password: 'wrong-secret' })).check(context()));
    expect(failure).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('5.7.8') });
    expect(JSON.stringify([failure.message, String(failure.cause), failure.stack])).not.toContain('wrong-secret');
  });

  it('of nobody listening is surely not done', async () => {
    const target = await openTarget(email, { ...PLAIN, port: 1 });
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: true, remedy: expect.stringContaining('port') });
  });

  it('of one address among several is logged, and the mail is sent', async () => {
    const server = await startMailServer();
    const target = await plain(server, { to: ['nobody@example.com', 'sales@example.com'] });
    await target.push(pushRequest(), context());
    expect(lastMail(server).to).toEqual(['sales@example.com']);
    expect(target.log.lines).toMatchObject([{ level: 'warn', fields: { refused: 1 } }]);
  });
});

describe('the settings', () => {
  const mistakes = (settings: object) => email.settings.safeParse({ ...PLAIN, ...settings }).error?.issues ?? [];

  it('refuse a password in the clear', () => {
    expect(mistakes({ user: 'a', password: 'b' })).toMatchObject([{ path: ['security'] }]);
  });

  it.each(['a@b.example, c@d.example', 'Bob <a@b.example>', 'a@b\r\nBcc: c@d.example', 'a b@c.example', '@b.example'])(
    'refuse the address %j',
    (to) => {
      expect(mistakes({ to })).toHaveLength(1);
    },
  );

  it.each([
    [{ forward: 'yes' }, 'write true, or subject'],
    [{ category: 'Printers' }, 'it is no number'],
    [{ category: true }, 'takes a text'],
    [{ customer_id: { value: '{{sUserId}}', type: 'list' } }, 'has no type'],
    [{ custom3: { value: 'perhaps', type: 'checkbox' } }, 'it says neither yes nor no'],
  ])('refuse %j', (helpSpotTags, message) => {
    expect(mistakes({ helpSpotTags })).toMatchObject([
      { path: ['helpSpotTags', ...Object.keys(helpSpotTags)], message: expect.stringContaining(message) },
    ]);
  });

  it('refuse a tag that there is not', () => {
    expect(mistakes({ helpSpotTags: { hs_category: '6' } })).not.toEqual([]);
  });
});
