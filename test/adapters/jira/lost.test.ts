/** A whole gateway before a Jira that is behind with its index: an issue whose answer was lost is there once. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import jira from '../../../adapters/jira/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { openLedger, viewLedger } from '../../../src/store/ledger.ts';
import { benchPlan, newTarget, pushed, until } from '../../gateway/push/harness.ts';
import { startJira } from '../../support/jira/jira.ts';
import { recordedLog } from '../../support/log.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { memorySource } from '../../support/plans.ts';
import { temporaryFolder } from '../../support/temp.ts';

const RETRY = { firstMs: 20, longestMs: 200, giveUpAfterMs: 60_000 };

/** A gateway that pushes one request, whose answer is cut off; `others` are issues that the index lacks and that come before. */
async function lost(edition: 'cloud' | 'data-center', lookForMs: number, searchLagMs: number, others = 0) {
  const running = await startJira(edition);
  onTestFinished(() => running.standIn.close());
  running.searchLagMs = searchLagMs;
  running.lastNumber = others;
  const store = join(await temporaryFolder(), 'gateway.db');
  const settings = jira.settings.parse(running.settings);
  const source = memorySource('tickets', memorySystem(), { adapter: jira, title: 'Jira', settings });
  const setup = { plan: { mode: 'queued', lookForMs, retry: RETRY } } as const;
  const plan = { ...benchPlan(setup, await newTarget(), store), sources: new Map([['tickets', source]]) };
  const gateway = createGateway(plan, { log: recordedLog(), openLedger: () => openLedger(store) });
  onTestFinished(() => gateway.close());
  running.standIn.faults = ['cut-after'];
  gateway.pushes.start();
  await gateway.push({ target: 'Tickets', request: pushed() });
  const row = async () => {
    const ledger = await viewLedger(store);
    const [first] = await ledger.list({ limit: 1 });
    ledger.close();
    return first;
  };
  await until(async () => (await row())?.state === 'done', 'done');
  return { running, row: await row() };
}

describe.each(['cloud', 'data-center'] as const)('an issue in %s whose answer was lost', (edition) => {
  it('is found by its key long before a search shows it', async () => {
    const { running, row } = await lost(edition, 3_600_000, 3_600_000);
    expect(running.issues).toHaveLength(1);
    expect(row).toMatchObject({ attempts: 2, receipt: { id: 'HELP-1' } });
  });

  it('is looked for until the index has it, where its key is too far from the others', async () => {
    const { running, row } = await lost(edition, 3_600_000, 1_000, 100);
    expect(running.issues).toHaveLength(1);
    expect(row?.attempts).toBeGreaterThan(2);
    expect(row).toMatchObject({ receipt: { id: 'HELP-101' } });
  });

  it('would be there twice, were the first look believed', async () => {
    const { running } = await lost(edition, 0, 3_600_000, 100);
    expect(running.issues).toHaveLength(2);
  });
});

it('the search of Jira is not believed for an hour, in Data Center for ten minutes', () => {
  const lagIn = (edition: string) => jira.pushOf?.(jira.settings.parse({ ...BASE, edition })).searchLagMs;
  expect([lagIn('cloud'), lagIn('data-center')]).toEqual([3_600_000, 600_000]);
});

const BASE = { url: 'https://jira.example.com', project: 'HELP', user: 'a@example.com', token: 'abc' };
