/** Signatures, with the examples that the systems themselves publish, and what attackers try. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type EventHeaders, signatureProblem } from '../../../src/gateway/events/signature.ts';
import { VENDORS, type VendorName, vendorOf } from '../../../src/gateway/events/vendors.ts';

interface Vector {
  readonly secret: string;
  readonly body: string;
  /** Milliseconds. */
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
}

const hmac = (secret: string, body: string) => createHmac('sha256', secret).update(body);

/** Help Lightning and Shopify publish the rule and no example: these were made by OpenSSL. */
const VECTORS: Readonly<Record<VendorName, Vector>> = {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
  github: {
    secret: "It's a Secret to Everybody",
    body: 'Hello, World!',
    at: 0,
    headers: {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
  },
  // https://docs.slack.dev/authentication/verifying-requests-from-slack
  slack: {
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    at: 1_531_420_618_000,
    headers: {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
  },
  // https://github.com/standard-webhooks/standard-webhooks (the tests of its libraries, and Svix's)
  'standard-webhooks': {
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    body: '{"test": 2432232314}',
    at: 1_614_265_330_000,
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  },
  // printf '{"type":"call"}' | openssl dgst -sha256 -hmac 0123456789abcdef
  'help-lightning': {
    secret: '0123456789abcdef',
    body: '{"type":"call"}',
    at: 0,
    headers: {
      'x-helplightning-signature': 'sha256=da3a70dd360ddc6d14e6c8a68a68f2b458685f613b9cea90a3aa25d8858f3be4',
    },
  },
  // printf '{"id":1}' | openssl dgst -sha256 -hmac hush -binary | base64
  shopify: {
    secret: 'hush',
    body: '{"id":1}',
    at: 0,
    headers: { 'x-shopify-hmac-sha256': 'VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY=' },
  },
};

function problemOf(vendor: VendorName, more: Partial<Omit<Vector, 'headers'>> & { headers?: EventHeaders } = {}) {
  const { secret, body, at, headers } = { ...VECTORS[vendor], ...more };
  const lists = Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]);
  const event = { headers: Object.fromEntries(lists), body: Buffer.from(body) };
  return signatureProblem(VENDORS[vendor].schemes, [secret], event, at)?.culprit ?? 'good';
}

const vendors = Object.keys(VECTORS).filter((name): name is VendorName => name in VENDORS);

describe.each(vendors)('a signature of %s', (vendor) => {
  const { secret, body, headers } = VECTORS[vendor];
  const { header, prefix, encoding } = VENDORS[vendor].schemes[0] ?? { header: '', prefix: '', encoding: 'hex' };
  const given = headers[header] ?? '';
  const withSignature = (...values: string[]) => ({
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      [header]: values,
    },
  });

  it('as the system publishes it is good', () => {
    expect(problemOf(vendor)).toBe('good');
  });

  it('of another secret, or of another body, is not', () => {
    const other = vendor === 'standard-webhooks' ? 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' : `${secret}x`;
    expect(problemOf(vendor, { secret: other })).toBe('secret');
    for (const changed of [`${body} `, body.slice(1), body.replace(/.$/, '\0'), '']) {
      expect(problemOf(vendor, { body: changed })).toBe('secret');
    }
  });

  it('that is not there, or there twice, is none', () => {
    const { [header]: _gone, ...others } = withSignature().headers;
    expect(problemOf(vendor, { headers: others })).toBe('unsigned');
    expect(problemOf(vendor, withSignature(given, given))).toBe('malformed');
    expect(problemOf(vendor, withSignature('', given))).toBe('malformed');
  });

  it('is read strictly: no other spelling of it, and no half', () => {
    const bare = given.slice(prefix.length);
    const spellings = [
      ...['', ' ', bare.slice(0, -1), `${bare}${bare}`, ` ${bare}`, `${bare} `, `${bare}\n`, `${bare}, ${given}`],
      ...(encoding === 'hex' ? [`${bare}zz`, bare.slice(2)] : [bare.replaceAll('=', ''), `${bare}=`, `-${bare}`]),
      'x'.repeat(1_000_000),
    ].map((text) => `${prefix}${text}`);
    for (const text of [...spellings, `sha1=${bare}`, prefix === '' ? `=${bare}` : bare]) {
      // Of several in one header the good one counts.
      if (vendor === 'standard-webhooks' && text.split(' ').includes(given)) continue;
      expect([text.slice(0, 99), problemOf(vendor, withSignature(text))]).not.toContain('good');
    }
  });

  it('fits one of two secrets', () => {
    const event = { headers: withSignature(given).headers, body: Buffer.from(body) };
    const others = vendor === 'standard-webhooks' ? ['AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'] : ['an old one'];
    const { schemes } = VENDORS[vendor];
    const { at } = VECTORS[vendor];
    expect(signatureProblem(schemes, [...others, secret], event, at)).toBeUndefined();
    expect(signatureProblem(schemes, others, event, at)?.culprit).toBe('secret');
  });
});

describe.each(['slack', 'standard-webhooks'] as const)('the time of a signature of %s', (vendor) => {
  const { at, headers } = VECTORS[vendor];
  const name = vendor === 'slack' ? 'x-slack-request-timestamp' : 'webhook-timestamp';
  const lists = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [value]]));

  it('is believed for five minutes, before and after', () => {
    for (const minutes of [-5, -4, 0, 4, 5]) expect(problemOf(vendor, { at: at + minutes * 60_000 })).toBe('good');
    for (const seconds of [-302, 302, 86_400, -86_400]) {
      expect(problemOf(vendor, { at: at + seconds * 1000 })).toBe('clock');
    }
  });

  it('is signed: another one does not fit, whatever it is', () => {
    const now = at + 3_600_000;
    expect(problemOf(vendor, { at: now, headers: { ...lists, [name]: [String(now / 1000)] } })).toBe('secret');
    for (const text of ['', 'NaN', '-1', '1e9', '0x10', ' 1', '1'.repeat(400), '１６１４２６５３３０']) {
      expect(problemOf(vendor, { headers: { ...lists, [name]: [text] } })).toBe('malformed');
    }
    expect(problemOf(vendor, { headers: { ...lists, [name]: ['1', '2'] } })).toBe('malformed');
  });

  it('says which clock may be wrong', () => {
    const event = { headers: lists, body: Buffer.from(VECTORS[vendor].body) };
    const told = (now: number) =>
      signatureProblem(VENDORS[vendor].schemes, [VECTORS[vendor].secret], event, now)?.problem;
    expect(told(at + 720_000)).toContain('signed 720 seconds ago, and 300 are allowed');
    expect(told(at + 720_000)).toContain('the clock of this machine is fast');
    expect(told(at - 720_000)).toContain('the clock of this machine is slow');
  });
});

describe('Standard Webhooks', () => {
  const { headers, at } = VECTORS['standard-webhooks'];
  const good = headers['webhook-signature'] ?? '';
  const lists = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [value]]));
  const of = (signatures: string) =>
    problemOf('standard-webhooks', { headers: { ...lists, 'webhook-signature': [signatures] } });

  it('may have several signatures, of which one is enough, and others of which the gateway knows nothing', () => {
    expect(
      of(`v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= ${good} v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5B`),
    ).toBe('good');
    expect(of('v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')).toBe('malformed');
    expect(of(`${'v1,AAAA '.repeat(5_000)}${good}`)).toBe('secret');
  });

  it('come with the headers of Svix too, and not with a mixture', () => {
    const svix = Object.fromEntries(
      Object.entries(lists).map(([key, value]) => [key.replace('webhook', 'svix'), value]),
    );
    expect(problemOf('standard-webhooks', { headers: svix })).toBe('good');
    const { 'svix-id': id, ...others } = svix;
    expect(problemOf('standard-webhooks', { headers: { ...others, 'webhook-id': id } })).toBe('malformed');
  });

  it('have secrets with and without whsec_', () => {
    expect(problemOf('standard-webhooks', { secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', at })).toBe('good');
  });
});

describe('a system that the gateway does not know', () => {
  it('signs as its settings say', () => {
    const verify = { header: 'x-sig', prefix: 'v1:', encoding: 'base64', algorithm: 'sha512' } as const;
    const signature = createHmac('sha512', 'secret').update('body').digest('base64');
    const event = { headers: { 'x-sig': [`v1:${signature}`] }, body: Buffer.from('body') };
    expect(signatureProblem(vendorOf(verify).schemes, ['secret'], event, 0)).toBeUndefined();
    const short = { ...verify, algorithm: 'sha256' } as const;
    expect(signatureProblem(vendorOf(short).schemes, ['secret'], event, 0)?.culprit).toBe('secret');
    const sha256 = { 'x-sig': [`v1:${hmac('secret', 'body').digest('base64')}`] };
    expect(signatureProblem(vendorOf(verify).schemes, ['secret'], { ...event, headers: sha256 }, 0)?.culprit).toBe(
      'secret',
    );
  });
});
