/** How systems sign their events, and where these say what they are. */
import type { EventFields } from './fields.ts';
import type { EventHeaders, SignatureScheme } from './signature.ts';

/** What an event says of itself. */
export interface EventSelf {
  /** Different for each event; undefined: the system gives none, and the body is compared. */
  readonly id: string | undefined;
  /** `call.ended` */
  readonly type: string;
  /** What `until` may call it: its type, and the parts of it. */
  readonly names: readonly string[];
  /** Its own time, as it is written there. */
  readonly time: string | undefined;
}

/** An event that only tries the address out: it is answered, and nothing comes of it. */
export interface Trial {
  /** What the answer must be; undefined: any. */
  readonly challenge: string | undefined;
}

/** A system whose events the gateway knows. */
export interface Vendor {
  readonly title: string;
  readonly schemes: readonly SignatureScheme[];
  /** The part of the JSON that holds what happened: its fields have short names too (`call_id` for `data.call_id`). */
  readonly payload?: string;
  /** The fields that {@link self} and {@link trial} read. */
  readonly reads: readonly string[];
  self(fields: EventFields, headers: EventHeaders): EventSelf;
  trial?(fields: EventFields, headers: EventHeaders): Trial | undefined;
}

/** The names that `verify` takes. */
export const VENDOR_NAMES = ['help-lightning', 'standard-webhooks', 'slack', 'github', 'shopify'] as const;
export type VendorName = (typeof VENDOR_NAMES)[number];

/** What happens during a call of Help Lightning. */
export const CALL_EVENTS: readonly string[] = [
  'started',
  'ended',
  'participant_joined',
  'participant_left',
  'attachment_created',
];

const HEX = { encoding: 'hex', algorithm: 'sha256', prefix: 'sha256=' } as const;

/** Standard Webhooks, and the same with the headers of Svix, who wrote it. */
function standardScheme(family: 'webhook' | 'svix'): SignatureScheme {
  const time = `${family}-timestamp`;
  return {
    ...{ header: `${family}-signature`, prefix: 'v1,', encoding: 'base64', algorithm: 'sha256' },
    ...{ before: [{ header: `${family}-id` }, '.', { header: time }, '.'], time, several: true, secret: 'base64' },
  };
}

/** What the gateway knows of each, from their own pages. */
export const VENDORS: Readonly<Record<VendorName, Vendor>> = {
  // https://apidocs.helplightning.net/sdks/server/webhooks, release note 14.2
  'help-lightning': {
    title: 'Help Lightning',
    schemes: [{ ...HEX, header: 'x-helplightning-signature' }],
    payload: 'data',
    reads: ['type', 'category', 'timestamp'],
    self(fields) {
      // Its documents have type and category in either order.
      const [type = '', category = ''] = [fields.get('type'), fields.get('category')];
      const words = CALL_EVENTS.includes(type) ? [category, type] : [type, category];
      return { ...typeOf(words), id: undefined, time: fields.get('timestamp') };
    },
  },
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
  'standard-webhooks': {
    title: 'Standard Webhooks',
    schemes: [standardScheme('webhook'), standardScheme('svix')],
    payload: 'data',
    reads: ['type', 'timestamp'],
    self: (fields, headers) => ({
      ...typeOf([fields.get('type') ?? '']),
      id: first(headers, 'webhook-id') ?? first(headers, 'svix-id'),
      time: fields.get('timestamp'),
    }),
  },
  // https://docs.slack.dev/authentication/verifying-requests-from-slack, https://docs.slack.dev/apis/events-api
  slack: {
    title: 'Slack',
    schemes: [
      {
        ...{ ...HEX, prefix: 'v0=', header: 'x-slack-signature' },
        ...{ before: ['v0:', { header: 'x-slack-request-timestamp' }, ':'], time: 'x-slack-request-timestamp' },
      },
    ],
    payload: 'event',
    reads: ['type', 'event.type', 'event_id', 'event_time', 'challenge'],
    self: (fields) => ({
      ...typeOf([fields.get('event.type') ?? fields.get('type') ?? '']),
      id: fields.get('event_id'),
      time: fields.get('event_time'),
    }),
    trial: (fields) =>
      fields.get('type') === 'url_verification' ? { challenge: fields.get('challenge') ?? '' } : undefined,
  },
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  github: {
    title: 'GitHub',
    schemes: [{ ...HEX, header: 'x-hub-signature-256' }],
    reads: ['action'],
    self: (fields, headers) => ({
      ...typeOf([first(headers, 'x-github-event') ?? '', fields.get('action') ?? '']),
      id: first(headers, 'x-github-delivery'),
      time: undefined,
    }),
    trial: (_fields, headers) => (first(headers, 'x-github-event') === 'ping' ? { challenge: undefined } : undefined),
  },
  // https://shopify.dev/docs/apps/build/webhooks/subscribe/https
  shopify: {
    title: 'Shopify',
    schemes: [{ header: 'x-shopify-hmac-sha256', prefix: '', encoding: 'base64', algorithm: 'sha256' }],
    reads: [],
    self(_fields, headers) {
      const topic = first(headers, 'x-shopify-topic') ?? '';
      const event = first(headers, 'x-shopify-event-id');
      return {
        ...typeOf([topic]),
        // One event of a shop is told under several topics.
        id: event === undefined ? first(headers, 'x-shopify-webhook-id') : `${event} ${topic}`,
        time: first(headers, 'x-shopify-triggered-at'),
      };
    },
  },
};

/** Of a system that the gateway does not know. */
const ANY: Omit<Vendor, 'schemes'> = {
  title: 'the other system',
  payload: 'data',
  reads: ['type'],
  self: (fields) => ({ ...typeOf([fields.get('type') ?? '']), id: undefined, time: undefined }),
};

/** What is known of a `verify`. */
export function vendorOf(verify: VendorName | SignatureScheme): Vendor {
  return typeof verify === 'string' ? VENDORS[verify] : { ...ANY, schemes: [verify] };
}

/** `call.ended`, and what it may be called. */
export function typeOf(words: readonly string[]): Pick<EventSelf, 'type' | 'names'> {
  const parts = words.filter((word) => word !== '');
  const type = parts.join('.');
  return { type, names: [...new Set([...parts, type])] };
}

function first(headers: EventHeaders, name: string): string | undefined {
  return headers[name]?.[0] || undefined;
}
