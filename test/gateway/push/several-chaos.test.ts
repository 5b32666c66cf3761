/**
 * What becomes of pushes while a gateway is killed, another cut off from the database, the disk of that full, and clocks are minutes apart: the
 * short form of `npm run bench -- several`, as it is served, behind the nginx of `deploy/several/`.
 */
import { readFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { noDisk } from '../../support/disk.ts';
import { tellFigures } from '../../support/runs.ts';
import { clockOff, startSeveral, whyNotSeveral } from '../../support/several/bed.ts';
import { HARMS, suffer } from '../../support/several/chaos.ts';

const problem = noDisk === '' ? await whyNotSeveral() : noDisk;
const COUNT = 90;

describe.skipIf(problem !== '')(`several gateways, served${problem}`, () => {
  it('lose and double no push that they took, and refuse the others in words', async () => {
    const bed = await startSeveral({ environment: [{}, clockOff('+7m'), clockOff('-7m')], lookFor: '2s' });
    onTestFinished(() => bed.close());
    const ahead = await Promise.all(bed.gateways.map((gateway) => gateway.clockAhead()));
    expect(ahead.map((seconds) => String(Math.round(seconds / 60)))).toEqual(['0', '7', '-7']);
    const harms = [HARMS.killed, HARMS.cutOff, HARMS.diskFull];
    const { lost, doubled, states, accepted, refused, words, ...others } = await suffer(bed, {
      ...{ count: COUNT, clients: 8, harms, again: false },
    });
    tellFigures('several gateways, served', { lost, doubled, states, ...others, words: [...words] });
    expect({ lost, doubled, accepted: accepted.size }).toEqual({ lost: 0, doubled: 0, accepted: COUNT });
    expect(Object.keys(states)).toEqual(['done']);
    expect(refused.size).toBeGreaterThan(0);
    const logs = await Promise.all(bed.gateways.map(({ plan }) => readFile(plan.logFile, 'utf8')));
    // Of Node.js or of a library: what will not work any more one day.
    expect(logs.join('\n')).not.toMatch(/Warning/);
    for (const text of words) expect(text).toMatch(/^The gateway could not store the push, so it did not send it; /);
  });
});
