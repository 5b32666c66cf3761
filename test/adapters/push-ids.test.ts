/** What is no id of a system never reaches it: the gateway knows by the form that an adapter names. */

import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import activecollab from '../../adapters/activecollab/index.ts';
import campfire from '../../adapters/campfire/index.ts';
import fogbugz from '../../adapters/fogbugz/index.ts';
import github from '../../adapters/github/index.ts';
import helpspot from '../../adapters/helpspot/index.ts';
import highrise from '../../adapters/highrise/index.ts';
import jira from '../../adapters/jira/index.ts';
import type { Adapter } from '../../src/contract/index.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { pushTargetPlan } from '../gateway/push/harness.ts';
import type { StandIn } from '../support/http/stand-in.ts';
import { recordedLog } from '../support/log.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../support/plans.ts';
import { temporaryFolder } from '../support/temp.ts';
import { openCollab } from './activecollab/source.ts';
import { openOnceCampfire } from './campfire/source.ts';
import { openFogBugz } from './fogbugz/source.ts';
import { openGithub } from './github/source.ts';
import { openHelpSpot } from './helpspot/target.ts';
import { openHighrise } from './highrise/source.ts';
import { openJira } from './jira/source.ts';

interface System {
  readonly http: StandIn;
  readonly settings: object;
}

type Row = readonly [adapter: Adapter, start: () => Promise<System>, own: string, foreign: readonly string[]];

const running = async (opened: Promise<{ running: { standIn: StandIn; settings: object } }>): Promise<System> => {
  const { standIn, settings } = (await opened).running;
  return { http: standIn, settings };
};

const ROWS: readonly Row[] = [
  [activecollab, async () => (await openCollab()).collab, '7/99', ['22', '7/', '7/../users', '0/1', '7/1/x']],
  [fogbugz, async () => (await openFogBugz()).fogBugz, '7', ['0', '1,101', 'tag:"x"', 'q-m3v9x2-8c1f']],
  [github, () => running(openGithub()), '99', ['1/../2', 'HELP-1']],
  [jira, () => running(openJira()), 'HELP-9', ['HELP-1/../../myself', '12']],
  [helpspot, () => openHelpSpot(), '99', ['0', '12400,1', '12400/x', 'HELP-1', 'q-m3v9x2-8c1f']],
  [highrise, () => openHighrise(), '99', ['0', '1/notes', 'me', '../me', 'q-m3v9x2-8c1f']],
  [campfire, () => running(openOnceCampfire()), '99', ['1/../2', '@1']],
];

it.each(ROWS.map((row) => [row[0].name, ...row] as const))(
  '%s is asked for ids of its own only',
  async (_name, adapter, start, own, foreign) => {
    const { http, settings } = await start();
    const parsed = adapter.settings.parse(settings);
    const push = adapter.pushOf?.(parsed) ?? adapter.push;
    if (push === undefined) throw new Error(`${adapter.name} pushes`);
    // As the configuration does it.
    const source = memorySource('system', memorySystem(), {
      adapter: { ...adapter, push },
      title: 'It',
      settings: parsed,
    });
    const store = { file: join(await temporaryFolder(), 'gateway.db'), keepBodies: false, retentionMs: 86_400_000 };
    const plan = { ...gatewayPlan([source]), push: new Map([['Target', pushTargetPlan({ source: 'system' })]]), store };
    const gateway = createGateway(plan, { log: recordedLog(), openLedger: () => openLedger(store.file) });
    onTestFinished(() => gateway.close());
    const details = async (id: string) => await gateway.pushDetails({ target: 'Target', id });
    for (const id of foreign) {
      expect(await details(id)).toMatchObject({ view: { standing: `It does not know ${id} (any more).` } });
    }
    expect(await details('')).toMatchObject({ failure: { status: 400 } });
    expect(http.received).toHaveLength(0);
    expect(await details(own)).toMatchObject({ view: {} });
    if (adapter !== campfire) expect(http.received.length).toBeGreaterThan(0);
  },
);
