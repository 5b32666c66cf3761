/** What a person says of an index beside a gateway that follows. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { IndexPlan } from '../../../src/gateway/sources/customer-index.ts';
import { changeByHand, openCustomerIndex, removeByHand } from '../../../src/store/index-file/index-file.ts';
import { filled, indexedGateway, listing, newFile, PEOPLE, stateOf } from '../../support/indexed-gateway.ts';
import { recordedLog } from '../../support/log.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, steps } from '../../support/plans.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { until } from '../push/harness.ts';

const INDEX: IndexPlan = {
  ...{ everyMs: 600_000, fullMs: 600_000, use: 'always', miss: 'nobody', updated: undefined, keepMs: undefined },
  shape: { fields: [{ name: 'email', matches: ['exact'] }], kept: ['email'], country: undefined },
};

it('is taken notice of by the gateway that follows', async () => {
  const people = ['1', '2', '3'].map((id) => ({ id, email: `${id}@x.example` }));
  const system = { ...memorySystem(people), batch: 2, lists: [] };
  const file = join(await temporaryFolder(), 'index.db');
  const store = { file: '/none', keepBodies: false, retentionMs: 1, index: file };
  const plan = gatewayPlan([{ ...memorySource('crm', system), index: INDEX }], { match: steps('email') }, { store });
  const log = recordedLog();
  const gateway = createGateway(plan, { log, openIndex: openCustomerIndex });
  onTestFinished(() => gateway.close());
  gateway.readAhead();
  const state = async () => (await gateway.indexes()).get('crm');
  await until(async () => (await state())?.freshAt !== undefined, 'the first run');

  expect(await removeByHand(file, 'crm', [1])).toBe(1);
  expect((await state())?.records).toBe(2);
  const first = await state();
  expect(await changeByHand(file, 'crm', 'rebuild')).toBe(true);
  expect(await state()).toMatchObject({ records: 2, freshAt: first?.freshAt });
  await until(async () => (await state())?.records === 3, 'what the source still lists');

  expect(await changeByHand(file, 'crm', 'empty')).toBe(true);
  expect(await state()).toMatchObject({ records: 0, freshAt: undefined });
  await until(async () => (await state())?.freshAt !== undefined, 'a new run');
  expect((await state())?.records).toBe(3);
  expect(log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
});

it('does not bring back with what a run had read whom the system does not list any more', async () => {
  const system = listing();
  const file = await newFile();
  indexedGateway(system, file, { index: { everyMs: 200, fullMs: 200 } });
  await filled(file);
  let goOn = () => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const never = new Promise<void>(() => undefined);
  let [isHeld, isBegunAgain] = [false, false];
  system.listing = async (batch) => {
    if (isHeld) {
      isBegunAgain = true;
      return never;
    }
    // This run has read everybody, and has not written the second batch.
    if (batch === 1) {
      isHeld = true;
      await held;
    }
  };
  await until(() => isHeld, 'the second batch');
  system.records = PEOPLE.slice(0, 2);
  expect(await removeByHand(file, 'crm', [3])).toBe(1);
  goOn();
  await until(() => isBegunAgain, 'the rest of the run');
  expect((await stateOf(file))?.records).toBe(2);
  expect(system.lists?.at(-1)?.from).toBe('2');
});
