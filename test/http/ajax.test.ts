import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/contract/index.ts';
import type { AjaxPlan } from '../../src/gateway/ajax/plan.ts';
import { readOptions } from '../support/ajax-xml.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { memorySource } from '../support/plans.ts';
import { gatedSource, KEYS, SECRET, type Setup, start } from './harness.ts';

const CODES: AjaxPlan = {
  name: 'codes',
  source: 'billing',
  where: [{ field: 'customer_id', value: '{{sUserId}}', optional: false, label: undefined }],
  search: { fields: ['code', 'name'], match: 'contains', minimum: 0 },
  value: { kind: 'template', template: '{{code}}' },
  description: '{{name}}',
  group: undefined,
  before: [],
  after: [],
  order: [],
  limit: 100,
  encoding: 'utf-8',
};

const BILLING = [
  { customer_id: '12', code: '#4878', name: 'Support' },
  { customer_id: '12', code: '#9978', name: 'Müller – „Łódź“' },
];

/** A gateway with one AJAX field, `codes`, over a source called `billing`. */
function startAjax(setup: Setup = {}, field: Partial<AjaxPlan> = {}) {
  const system = memorySystem(BILLING);
  const sources = setup.sources ?? [memorySource('billing', system, { title: 'Billing' })];
  return start({ ...setup, sources, plan: { ajax: new Map([['codes', { ...CODES, ...field }]]) } });
}

/** The options of an answer as `[value, description]`. */
async function get(url: string, init?: RequestInit) {
  const answer = await fetch(url, init);
  return { answer, options: readOptions(await answer.text()).map(({ value, description }) => [value, description]) };
}
const SUPPORT = ['#4878', 'Support'];

describe('an AJAX field', () => {
  it('is answered by GET, as HelpSpot asks', async () => {
    const { url } = await startAjax();
    const { answer, options } = await get(`${url}/ajax/codes?sUserId=12&Custom10=&callingField=Custom10`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/xml; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(options).toEqual([SUPPORT, ['#9978', 'Müller – „Łódź“']]);
  });

  it('is answered by POST and HEAD too', async () => {
    const { url } = await startAjax();
    const posted = await get(`${url}/ajax/codes?callingField=supp`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'sUserId=12',
    });
    expect(posted.options).toEqual([SUPPORT]);
    const head = await fetch(`${url}/ajax/codes?sUserId=12`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('takes a key in the path, and one in a query to which HelpSpot appends another ?', async () => {
    const { url } = await startAjax({ access: { keys: KEYS } });
    const key = encodeURIComponent(SECRET);
    for (const path of [`/k/${key}/ajax/codes?`, `/ajax/codes?key=${key}?`]) {
      const { answer, options } = await get(`${url}${path}sUserId=12&callingField=supp`);
      expect([answer.status, options]).toEqual([200, [SUPPORT]]);
    }
  });

  it('is spelled out for Latin-1 in UTF-8', async () => {
    const { url } = await startAjax({}, { encoding: 'latin1' });
    const { options } = await get(`${url}/ajax/codes?sUserId=12&callingField=9978`);
    expect(options).toEqual([['#9978', 'Müller - "Lódz"']]);
  });
});

describe('a refusal', () => {
  const refused = async (url: string, init?: RequestInit) => {
    const { answer, options } = await get(url, init);
    expect(options).toHaveLength(1);
    expect(options[0]?.[0]).toBe('');
    return [answer.status, options[0]?.[1]];
  };

  it('is one option that says why', async () => {
    const { url } = await startAjax({ access: { keys: KEYS } });
    expect(await refused(`${url}/ajax/codes?sUserId=12`)).toEqual([401, expect.stringContaining('wants a key')]);
    expect(await refused(`${url}/k/wrong/ajax/codes`)).toEqual([401, expect.stringContaining('none of those')]);
    const path = `${url}/k/${encodeURIComponent(SECRET)}/ajax`;
    expect(await refused(`${path}/code`)).toEqual([
      404,
      expect.stringMatching(/^There is no AJAX field "code"; did you mean "codes"\? \(ref [0-9a-f]+\)$/),
    ]);
    expect(await refused(`${path}/`)).toEqual([404, 'The address names no AJAX field; write /ajax/NAME']);
    const deleted = [405, 'This address takes GET and POST, not DELETE'];
    expect(await refused(`${path}/codes`, { method: 'DELETE' })).toEqual(deleted);
  });

  it('of too many calls says so too', async () => {
    const { url } = await startAjax({ access: { ratePerMinute: 1 } });
    await get(`${url}/ajax/codes?sUserId=12`);
    expect(await refused(`${url}/ajax/codes?sUserId=12`)).toEqual([429, expect.stringContaining('try again in')]);
  });

  it('of a source has an honest status, also in Latin-1', async () => {
    const error = new SourceError('rate-limited', 'x', { retryAfterMs: 6_500 });
    const system = Object.assign(memorySystem(), { error });
    const { url } = await startAjax(
      { sources: [memorySource('billing', system, { title: 'Łódź' })] },
      { encoding: 'latin1' },
    );
    const { answer, options } = await get(`${url}/ajax/codes?sUserId=12`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
    expect(options[0]?.[1]).toMatch(/^Lódz asks us to slow down; try again in 7 seconds \(ref/);
  });
});

it('ends the search of a caller who hangs up', async () => {
  const gate = gatedSource('billing');
  const { port } = await startAjax({ sources: [gate.source] });
  const call = request({ port, host: '127.0.0.1', path: '/ajax/codes?sUserId=12' });
  call.on('error', () => undefined);
  call.end();
  await gate.asked();
  const [signal] = gate.signals;
  const aborted = new Promise<void>((done) => signal?.addEventListener('abort', () => done()));
  call.destroy();
  await aborted;
  expect(signal?.reason).toEqual(new Error('the caller has hung up'));
});
