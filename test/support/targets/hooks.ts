/** Where requests become calls of web hooks. */
import { onTestFinished } from 'vitest';
import { type Hook, startIssues, startSlack, startTeams, startZapier } from '../web/hooks.ts';
import { type MadeThing, REFUSED, type TargetRow, webSystem } from './row.ts';

const NOT_ASKED = 'cannot be asked how it stands.';

/** A web hook with what is made of its calls. */
function hook(
  name: string,
  start: () => Promise<Hook>,
  read: (taken: Record<string, unknown>) => Pick<MadeThing, 'title' | 'text'> & { readonly also?: unknown },
  row: Omit<TargetRow, 'name' | 'adapter' | 'start'>,
  settings: (hook: Hook) => object = () => ({}),
): TargetRow {
  return {
    name,
    adapter: 'webhook',
    ...row,
    async start() {
      const running = await start();
      const { standIn, taken } = running;
      onTestFinished(() => standIn.close());
      return {
        ...webSystem(standIn, { ...running.settings, ...settings(running) }, 0),
        made: () => taken.map((one) => ({ ...read(Object(one)), raw: JSON.stringify(one) })),
      };
    },
  };
}

const zapier = hook(
  'Web hook of Zapier',
  startZapier,
  ({ title, body, ...also }) => ({ title: String(title), text: String(body), also }),
  {
    also: {},
    hidden: ['abCdef9'],
    details: { texts: [NOT_ASKED, '0193a5b6-0000-4000-8000-000000000001'] },
    refusals: { Address: { source: ({ url }) => ({ url: `${url}gone/` }), words: REFUSED.content } },
    // Left out, it would be sent again.
    push: { whenUnclear: 'hold' },
    lost: 'unclear',
  },
);

const slack = hook(
  'Web hook of Slack',
  startSlack,
  ({ text = '', ...also }) => {
    const [first = '', ...rest] = unescaped(String(text)).split('\n');
    return { title: first.replace(/^\*|\*$/g, ''), text: rest.join('\n'), also };
  },
  {
    also: {},
    hidden: ['XXXXXXXXXXXX'],
    details: { texts: [NOT_ASKED, 'Id hs-'] },
    refusals: {
      Address: { source: ({ url }) => ({ url: String(url).replace('/B0', '/B1') }), words: REFUSED.credentials },
      Room: {
        source: { json: { text: '{{title}}', channel: '#archived' } },
        words: 'takes no pushes any more; tell your administrator',
      },
    },
    // Left out, it would be sent again.
    push: { whenUnclear: 'hold' },
    lost: 'unclear',
  },
);

/** https://docs.slack.dev/messaging/formatting-message-text#escaping; what is not escaped would be a link or a mention. */
function unescaped(text: string): string {
  if (/[<>]/.test(text)) throw new Error(`a sign of Slack's own is in the text: ${text}`);
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const CARD = {
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        ...{ type: 'AdaptiveCard', version: '1.4' },
        body: ['{{title}}', '{{body}}'].map((text) => ({
          type: 'RichTextBlock',
          inlines: [{ type: 'TextRun', text }],
        })),
      },
    },
  ],
};

const teams = hook(
  'Web hook of Microsoft Teams',
  startTeams,
  (message) => {
    const { body } = Object(Object(Object(message['attachments'])[0]).content);
    const blocks: unknown[] = Array.isArray(body) ? body : [];
    const [title = '', text = ''] = blocks.map((block) => String(Object(Object(Object(block).inlines)[0]).text));
    return { title, text, also: blocks.length };
  },
  {
    also: 2,
    hidden: ['s3cr3t-_Signature'],
    details: { texts: [NOT_ASKED, 'Id hs-'] },
    refusals: {
      Signature: {
        source: ({ url }) => ({ url: String(url).replace('s3cr3t', 'secret') }),
        words: REFUSED.credentials,
      },
      Card: { source: { json: { text: '{{title}}' } }, words: REFUSED.content },
    },
    // Left out, it would be sent again.
    push: { whenUnclear: 'hold' },
    lost: 'unclear',
  },
  () => ({ json: CARD }),
);

const issues = hook(
  'Web hook of the house, signed and with a key against repetitions',
  startIssues,
  ({ title, text, ...also }) => ({ title: String(title), text: String(text), also }),
  {
    also: {},
    details: {
      texts: ['Status open', 'Votes 3', 'Labels printer fire'],
      link: /^https:\/\/issues\.example\.com\/1$/,
    },
    refusals: {
      Signature: {
        source: { signature: { secret: 'another secret', header: 'X-Hub-Signature-256' } },
        words: REFUSED.credentials,
      },
      Template: { source: { json: { text: '{{body}}' } }, words: REFUSED.content },
    },
    lost: 'repeated',
  },
  ({ settings }) => ({
    details: {
      ...Object(settings['details']),
      link: '$.page',
      rows: { Status: '$.status', Votes: '$.votes', Labels: '$.labels' },
    },
  }),
);

/** Every row. */
export const HOOKS: readonly TargetRow[] = [zapier, slack, teams, issues];
