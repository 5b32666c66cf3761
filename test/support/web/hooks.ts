/** Incoming web hooks, as the vendors describe them, and one of a program that checks everything. */
import { createHmac } from 'node:crypto';
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';

/** A web hook that is running. */
export interface Hook {
  readonly standIn: StandIn;
  /** The whole address, which is its secret. */
  readonly url: string;
  /** What it took, in order. */
  readonly taken: unknown[];
  /** Settings of a source, without `adapter`. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Zapier's "Catch Hook": https://zapier.com/help/doc/how-get-started-webhooks-zapier takes JSON, forms and XML. */
export function startZapier(): Promise<Hook> {
  return start(
    '/hooks/catch/1234567/abCdef9/',
    (request, taken) => {
      if (request.path !== '/hooks/catch/1234567/abCdef9/') return { status: 404, body: { status: 'error' } };
      taken.push(isForm(request) ? Object.fromEntries(new URLSearchParams(request.text())) : request.json());
      const id = `0193a5b6-0000-4000-8000-${String(taken.length).padStart(12, '0')}`;
      return { body: { attempt: id, id, request_id: id, status: 'success' } };
    },
    { json: { title: '{{title}}', body: '{{body}}' }, id: '$.id' },
  );
}

/**
 * Slack's incoming web hooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and their
 * errors, as text: https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
 */
export function startSlack(): Promise<Hook> {
  const path = '/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';
  return start(
    path,
    (request, taken) => {
      if (request.path !== path) return { status: 403, body: 'invalid_token' };
      const message = jsonOf(request);
      if (message === undefined) return { status: 400, body: 'invalid_payload' };
      const { text, blocks, channel } = Object(message);
      if (channel === '#archived') return { status: 410, body: 'channel_is_archived' };
      if ((typeof text !== 'string' || text === '') && !Array.isArray(blocks)) return { status: 400, body: 'no_text' };
      taken.push(message);
      return { headers: { 'content-type': 'text/html' }, body: 'ok' };
    },
    { json: { text: '*{{title}}*\n{{body}}' }, escape: 'slack', success: { text: 'ok' } },
  );
}

/**
 * A Teams workflow "When a Teams webhook request is received": 202 without a body.
 * https://learn.microsoft.com/en-us/connectors/teams/#microsoft-teams-webhook; the signature of the address is in it.
 */
export function startTeams(): Promise<Hook> {
  const path = '/workflows/0123456789abcdef/triggers/manual/paths/invoke';
  const query = '?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=s3cr3t-_Signature-Of-The-Address';
  return start(
    path + query,
    (request, taken) => {
      const isSigned = request.query.get('sig') === 's3cr3t-_Signature-Of-The-Address';
      if (request.path !== path || !isSigned || request.query.get('sp') !== '/triggers/manual/run') {
        return { status: 401, body: { error: { code: 'DirectApiAuthorizationRequired', message: 'not signed' } } };
      }
      const { type, attachments } = Object(jsonOf(request));
      const isCard = Array.isArray(attachments) && attachments.every(isAdaptiveCard);
      if (type !== 'message' || !isCard) {
        return {
          status: 400,
          body: { error: { code: 'TriggerInputSchemaMismatch', message: 'the input is no card' } },
        };
      }
      taken.push(jsonOf(request));
      return { status: 202 };
    },
    { json: TEAMS_CARD },
  );
}

const TEAMS_CARD = {
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        type: 'AdaptiveCard',
        version: '1.4',
        body: [{ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: '{{body}}' }] }],
      },
    },
  ],
};

function isAdaptiveCard(attachment: unknown): boolean {
  const { contentType, content } = Object(attachment);
  return contentType === 'application/vnd.microsoft.card.adaptive' && Object(content).type === 'AdaptiveCard';
}

/** The secret of {@link startIssues}. */
export const ISSUES_SECRET = 'a shared secret';
/** Its token for reading. */
export const ISSUES_TOKEN = 'token-for-reading';

/** A program of the house: signed requests, an idempotency key, an address for each thing. */
export function startIssues(): Promise<Hook> {
  const byKey = new Map<string, number>();
  return start(
    '/issues',
    (request, taken) => {
      if (request.method === 'GET') return issue(request, taken);
      const signature = `sha256=${createHmac('sha256', ISSUES_SECRET).update(request.body).digest('hex')}`;
      if (request.headers['x-hub-signature-256'] !== signature)
        return { status: 401, body: { message: 'bad signature' } };
      const issueToMake = Object(jsonOf(request));
      if (typeof issueToMake.title !== 'string') return { status: 422, body: { errors: { title: ['is missing'] } } };
      const key = String(request.headers['idempotency-key'] ?? '');
      const number = byKey.get(key) ?? taken.push(issueToMake);
      if (key !== '') byKey.set(key, number);
      const headers = { location: `/issues/${number}` };
      return {
        status: 201,
        headers,
        body: { issue: { id: number, url: `https://issues.example.com/issues/${number}` } },
      };
    },
    (url) => ({
      json: { title: '{{title}}', text: '{{body}}' },
      signature: { secret: ISSUES_SECRET, header: 'X-Hub-Signature-256' },
      idempotencyHeader: 'Idempotency-Key',
      id: '$.issue.id',
      link: '$.issue.url',
      details: {
        url: `${url}/issues/{{id}}`,
        auth: { bearer: ISSUES_TOKEN },
        title: '$.title',
        link: '$.page',
        rows: { Status: '$.status', Votes: '$.votes', Labels: 'labels', Nothing: '$.nothing' },
      },
    }),
  );
}

function issue(request: Received, taken: readonly unknown[]): Reply {
  if (request.headers.authorization !== `Bearer ${ISSUES_TOKEN}`) return { status: 403, body: { message: 'no right' } };
  if (request.path === '/me') return { body: { name: 'gateway' } };
  const found = taken[Number(/^\/issues\/(\d+)$/.exec(request.path)?.[1]) - 1];
  if (found === undefined) return { status: 404, body: { message: 'no such issue' } };
  return {
    body: {
      ...Object(found),
      status: 'open',
      votes: 3,
      labels: ['printer', 'fire'],
      page: 'https://issues.example.com/1',
    },
  };
}

async function start(
  path: string,
  handle: (request: Received, taken: unknown[]) => Reply,
  settings: object | ((url: string) => object),
): Promise<Hook> {
  const taken: unknown[] = [];
  const standIn = await startStandIn((request) => handle(request, taken));
  const url = standIn.url + path;
  const more = typeof settings === 'function' ? settings(standIn.url) : settings;
  return { standIn, url, taken, settings: { url, ...more } };
}

function isForm(request: Received): boolean {
  return request.headers['content-type'] === 'application/x-www-form-urlencoded';
}

function jsonOf(request: Received): unknown {
  try {
    return request.json();
  } catch {
    return undefined;
  }
}
