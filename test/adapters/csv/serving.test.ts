/** A CSV file behind the gateway: what is told of a file that cannot be read, or not whole, and who waits for it. */
import { chmod, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import csv from '../../../adapters/csv/index.ts';
import type { AjaxPlan } from '../../../src/gateway/ajax/plan.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { GatewayPlan } from '../../../src/gateway/plan.ts';
import { listen } from '../../../src/http/listen.ts';
import { USUAL_ASKING } from '../../support/adapter-suite/subject.ts';
import { recordedLog } from '../../support/log.ts';
import { gatewayPlan } from '../../support/plans.ts';
import { temporaryFolder } from '../../support/temp.ts';

const HEADER = 'customer_id,email,city\n';
const lines = (count: number) =>
  Array.from({ length: count }, (_, id) => `${id},"user${id}@example.com",Bern\n`).join('');

const CITIES: AjaxPlan = {
  ...{ name: 'cities', source: 'people', where: [], search: undefined, limit: 50, encoding: 'utf-8' },
  ...{ value: { kind: 'template', template: '{{city}}' }, description: undefined, group: undefined },
  ...{ before: [], after: [], order: [] },
};

interface Served {
  readonly path: string;
  readonly gateway: Gateway;
  readonly plan: GatewayPlan;
  readonly log: ReturnType<typeof recordedLog>;
  /** What staff read when nobody is found, or the customer's city. */
  lookup(email: string): Promise<string>;
}

async function serve(content: string | undefined, deadlineMs = 20_000, more: object = {}): Promise<Served> {
  const directory = await temporaryFolder();
  const path = join(directory, 'people.csv');
  if (content !== undefined) await writeFile(path, content);
  const settings = csv.settings.parse({ file: 'people.csv', ...more });
  const source = { name: 'people', adapter: csv, title: 'Customer list', timeoutMs: undefined, settings, directory };
  const base = gatewayPlan([{ ...source, ...USUAL_ASKING, concurrency: Number.POSITIVE_INFINITY, written: 'people' }]);
  const plan = { ...base, server: { ...base.server, deadlineMs } };
  const log = recordedLog();
  const gateway = createGateway(plan, { log });
  onTestFinished(() => gateway.close());
  const lookup = async (email: string) => {
    const { answer, failure } = await gateway.lookup({ lookup: 'default', parameters: { email } });
    return failure?.message ?? JSON.stringify(answer?.customers ?? []);
  };
  return { path, gateway, plan, log, lookup };
}

async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000;
  while (!(await met())) {
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('lines that are left out', () => {
  const content = `${HEADER}1,a@example.com,Bern\n2,secret\n3,"b"c,\n`;
  const warnings = ['line 3 is left out: it has 2 columns instead of 3'];

  it('are told by check, /readyz and a metric, with number and reason', async () => {
    const { gateway } = await serve(content);
    const server = await listen(gateway);
    onTestFinished(() => server.close());
    const metric = async () =>
      (await (await fetch(`${server.url}/metrics`)).text())
        .split('\n')
        .filter((line) => line.startsWith('helpspot_gateway_source_records_left_out{'));
    expect(await metric()).toEqual([]);
    expect(await gateway.check()).toMatchObject([{ source: 'people', ok: true, problem: '', warnings }]);
    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      status: 'degraded',
      sources: [{ source: 'people', ok: true, warnings }],
    });
    expect(await metric()).toEqual(['helpspot_gateway_source_records_left_out{source="people"} 1']);
  });

  it('are told ten at a time, with their number', async () => {
    const { gateway } = await serve(`${HEADER}1,a@example.com,Bern\n${'x\n'.repeat(30)}`);
    await gateway.check();
    const state = gateway.states().get('people');
    expect(state?.leftOut).toBe(30);
    expect(state?.warnings).toHaveLength(11);
    expect(state?.warnings.at(-1)).toBe('20 more lines are left out, 30 in all');
  });

  it('are none in a good file, of which nothing is said', async () => {
    const { gateway } = await serve(`${HEADER}1,a@example.com,Bern\n`);
    const [row] = await gateway.check();
    expect(row).not.toHaveProperty('warnings');
    expect(gateway.states().get('people')).toEqual({ warnings: [], leftOut: 0, dataAt: expect.any(Date) });
  });
});

describe('data that are older than maxAge', () => {
  const HOUR_MS = 3_600_000;
  const old = async () => {
    const served = await serve(`${HEADER}1,a@example.com,Bern\n`, 20_000, { maxAge: '49h' });
    const written = new Date(Date.now() - 50 * HOUR_MS);
    await utimes(served.path, written, written);
    return served;
  };
  const notices = async ({ gateway }: Served, parameters: Record<string, string>) =>
    (await gateway.lookup({ lookup: 'default', parameters })).answer?.notices ?? [];

  it('are told with every answer that used them, until a new file serves', async () => {
    const served = await old();
    const said = [expect.stringMatching(/^Customer list: the data are from .*, 2 days old$/)];
    expect(await notices(served, { email: 'a@example.com' })).toEqual(said);
    expect(await notices(served, { email: 'nobody@example.com' })).toEqual(said);
    await writeFile(served.path, `${HEADER}1,a@example.com,Basel\n`);
    await until(async () => (await served.lookup('a@example.com')).includes('Basel'));
    expect(await notices(served, { email: 'a@example.com' })).toEqual([]);
  });

  it('are told when the file that should replace them is refused', async () => {
    const served = await old();
    await served.gateway.check();
    // The new file is young, and not one of its records can be read.
    await writeFile(served.path, HEADER);
    const warnings = () => served.gateway.states().get('people')?.warnings ?? [];
    await until(() => warnings().length > 1);
    expect(warnings()).toEqual([
      expect.stringContaining('the file as it is now cannot be read, older data serve'),
      expect.stringMatching(/^the data are from .*, 2 days old, which is more than maxAge; see why/),
    ]);
    expect(await notices(served, { email: 'a@example.com' })).toHaveLength(1);
    const server = await listen(served.gateway);
    onTestFinished(() => server.close());
    expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ status: 'degraded' });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const [, seconds] = /^helpspot_gateway_source_data_age_seconds\{source="people"\} (.*)$/m.exec(metrics) ?? [];
    expect(Number(seconds)).toBeGreaterThan(50 * 3600 - 1);
    expect(Number(seconds)).toBeLessThan(50 * 3600 + 600);
  });

  it('are told in an AJAX field', async () => {
    const { plan } = await old();
    const gateway = createGateway({ ...plan, ajax: new Map([['cities', CITIES]]) }, { log: recordedLog() });
    onTestFinished(() => gateway.close());
    const outcome = await gateway.ajax({ field: 'cities', parameters: {} });
    expect(JSON.stringify(outcome)).toMatch(/Customer list: the data are from [^"]*, 2 days old/);
  });

  it('are not told before, nor without maxAge', async () => {
    const served = await serve(`${HEADER}1,a@example.com,Bern\n`, 20_000, { maxAge: '49h' });
    const young = new Date(Date.now() - 48 * HOUR_MS);
    await utimes(served.path, young, young);
    expect(await notices(served, { email: 'a@example.com' })).toEqual([]);
    const other = await serve(`${HEADER}1,a@example.com,Bern\n`);
    await utimes(other.path, new Date(0), new Date(0));
    expect(await notices(other, { email: 'a@example.com' })).toEqual([]);
    expect(served.gateway.states().get('people')?.dataAt?.getTime()).toBe(young.getTime());
  });
});

describe('older data that serve', () => {
  it('are told as long as the file is bad', async () => {
    const { gateway, path, lookup } = await serve(`${HEADER}1,a@example.com,Bern\n`);
    const warnings = () => gateway.states().get('people')?.warnings ?? [];
    expect(await lookup('a@example.com')).toContain('Bern');
    for (const harm of [() => writeFile(path, HEADER), () => rm(path)]) {
      await harm();
      await until(() => warnings().length > 0);
      expect(warnings()).toEqual([
        expect.stringMatching(/^the file as it is now cannot be read, older data serve: .*; /),
      ]);
      expect(await lookup('a@example.com')).toContain('Bern');
      await writeFile(path, `${HEADER}1,a@example.com,Bern\n`);
      await until(() => warnings().length === 0);
    }
  });
});

describe('the reading', () => {
  it('begins with the gateway, and again with another file after a reload', async () => {
    const { gateway, plan, log, path } = await serve(HEADER + lines(100));
    gateway.readAhead();
    await until(
      () => gateway.states().has('people') && log.lines.some(({ message }) => message === 'the CSV file is read'),
    );
    const people = plan.sources.get('people');
    if (people === undefined) throw new Error('no such source');
    await writeFile(join(path, '../others.csv'), `${HEADER}1,b@example.com,Basel\n`);
    const others = { ...people, settings: csv.settings.parse({ file: 'others.csv' }), written: 'others' };
    await gateway.reload({ ...plan, sources: new Map([['people', others]]) });
    await until(() => log.lines.filter(({ message }) => message === 'the CSV file is read').length === 2);
  });

  it('is said in the log when it fails', async () => {
    const { gateway, log } = await serve(undefined);
    gateway.readAhead();
    await until(() => log.lines.some(({ message }) => message === 'the source is not ready'));
  });

  it('does not keep a gateway from its end', async () => {
    const { gateway, log } = await serve(HEADER + lines(200_000));
    gateway.readAhead();
    await gateway.close();
    expect(log.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('is waited for until the deadline, and then told to staff and to /readyz', async () => {
    const { gateway, lookup, log } = await serve(HEADER + lines(300_000), 150);
    expect(await lookup('user7@example.com')).toMatch(
      /^Customer list is still being read; try again in a minute \(ref \w+\)$/,
    );
    expect(await gateway.check()).toMatchObject([
      { ok: false, problem: expect.stringMatching(/still being read \(\d+ %\)/) },
    ]);
    await until(() => log.lines.some(({ message }) => message === 'the CSV file is read'));
    await until(async () => (await lookup('user7@example.com')).includes('Bern'));
  });
});

describe('staff read of a file that', () => {
  it.each([
    ['is missing', undefined, 'is missing'],
    ['is bad', HEADER, 'cannot be read'],
  ])('%s who is to blame', async (_, content, words) => {
    const { lookup } = await serve(content);
    expect(await lookup('a@example.com')).toMatch(
      new RegExp(`^Customer list ${words}; tell your administrator \\(ref \\w+\\)$`),
    );
  });

  it('may not be read who is to blame, and so does the administrator', async (test) => {
    const { path, gateway, lookup } = await serve(HEADER + lines(1));
    await chmod(path, 0o000);
    if (process.getuid?.() === 0) {
      // Root may read everything.
      if (process.seteuid === undefined) return test.skip();
      await chmod(join(path, '..'), 0o755);
      process.seteuid(65_534);
      onTestFinished(() => process.seteuid?.(0));
    }
    expect(await lookup('a@example.com')).toMatch(
      /^Customer list may not be read by the gateway; tell your administrator \(ref \w+\)$/,
    );
    const [row] = await gateway.check();
    expect(row?.problem).toContain(`${path}: the gateway may not read this file; give the user`);
    return undefined;
  });
});
