/** Mail over SMTP as a push target; with HelpSpot's email parser tags, another HelpSpot can be the receiver. */
import { defineAdapter } from '../../src/contract/index.ts';
import { tlsOptions } from '../../src/kit/tls/index.ts';
import { composeMail } from './message.ts';
import { settings } from './settings.ts';
import { type MailServer, proveLogin, sendMail } from './smtp.ts';

export default defineAdapter({
  name: 'email',
  title: 'The mail server',
  settings,
  identifiedBy: ['host', 'port'],
  finds: false,
  push: { format: 'text', fields: {}, files: true },

  async open(settings, services) {
    const { security, tls, host, port, user, password } = settings;
    const server: MailServer = {
      host,
      port: port ?? (security === 'tls' ? 465 : 587),
      security,
      credentials: user === undefined ? undefined : { user, pass: password ?? '' },
      tls: await tlsOptions(tls, services),
    };
    return {
      check: ({ signal }) => proveLogin(server, signal),

      async push(request, { signal, reference }) {
        const mail = await composeMail(request, settings);
        if (mail.problems.length > 0) {
          const fields = { reference, push: request.reference, tags: mail.problems };
          services.log.warn(fields, 'not every tag of a mail is as it was given');
        }
        const { refused } = await sendMail(server, mail, signal);
        // The others have it: to send it again would give it to them twice.
        if (refused > 0) {
          const fields = { refused, reference: request.reference };
          services.log.warn(fields, 'the mail server refused some of the addresses of a mail');
        }
        return { id: mail.messageId };
      },
    };
  },
});
