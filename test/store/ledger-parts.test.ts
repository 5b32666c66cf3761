/** Small parts of the ledger: rows, times of alerts, clocks, the proof, and the words for what is wrong with a file. */
import { performance } from 'node:perf_hooks';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { StoreError, UserError } from '../../src/contract/index.ts';
import { dueFrom, dueParameters, outageRow } from '../../src/store/alerts.ts';
import { ClockWatch } from '../../src/store/clock.ts';
import { Proof } from '../../src/store/proof.ts';
import {
  attemptRow,
  detailsFromText,
  detailsToText,
  findable,
  memoryOf,
  number,
  pushRow,
  requestFromText,
  requestToText,
  storedText,
  text,
} from '../../src/store/rows.ts';
import { inUse, isUnwritable, storeTrouble } from '../../src/store/trouble.ts';
import { failureOf } from '../support/failure-of.ts';

const ROW = {
  ...{
    seq: 1,
    id: 'q-1',
    target: 'Tickets',
    mode: 'direct',
    state: 'waiting',
    x_request: '12',
    title: 'T',
    staff: 'Bob',
  },
  ...{
    created_at: 2,
    changed_at: 3,
    next_at: 4,
    give_up_at: 5,
    attempts: 6,
    rejections: 7,
    owed: 1,
    unsure: 1,
    unsure_at: 8,
  },
  ...{
    insisted: 1,
    trouble: '{"kind":"timeout"}',
    receipt: '{"id":"A"}',
    reference: 'r',
    superseded_by: 'q-2',
    alert: 1,
    origin: 'o',
  },
};
const PUSH = {
  ...{
    seq: 1,
    id: 'q-1',
    target: 'Tickets',
    mode: 'direct',
    state: 'waiting',
    xRequest: '12',
    title: 'T',
    staff: 'Bob',
  },
  ...{
    createdAt: 2,
    changedAt: 3,
    nextAt: 4,
    giveUpAt: 5,
    attempts: 6,
    rejections: 7,
    owed: true,
    unsure: true,
    unsureAt: 8,
  },
  ...{
    insisted: true,
    trouble: { kind: 'timeout' },
    receipt: { id: 'A' },
    reference: 'r',
    supersededBy: 'q-2',
    isAlert: true,
  },
  origin: 'o',
};

describe('a row', () => {
  it.each([
    [{}, {}],
    [{ mode: 'queued' }, { mode: 'queued' }],
    [{ mode: 'of another version' }, { mode: 'queued' }],
    [{ owed: 0 }, { owed: false }],
    [{ insisted: 0 }, { insisted: false }],
    [{ alert: 0 }, { isAlert: false }],
    [{ unsure: 0 }, { unsure: false, unsureAt: undefined }],
    // Of an older gateway that runs beside this one.
    [{ unsure_at: null }, { unsureAt: 3 }],
    [{ superseded_by: null }, { supersededBy: undefined }],
    [
      { trouble: null, receipt: null, attempts: null },
      { trouble: undefined, receipt: undefined, attempts: 0 },
    ],
  ])('of a push with %j is read', (row, push) => {
    expect(pushRow({ ...ROW, ...row })).toEqual({ ...PUSH, ...push });
  });

  it('in an unknown state is a bug', () => {
    expect(() => pushRow({ ...ROW, state: 'lost' })).toThrow('the ledger holds an unknown state: lost');
  });

  it.each([
    [
      { ms: 5, result: 'done', reason: null },
      { ms: 5, result: 'done', reason: '' },
    ],
    [
      { ms: null, result: null, reason: 'x' },
      { ms: undefined, result: undefined, reason: 'x' },
    ],
    [
      { ms: 0, result: 'interrupted', reason: 'x' },
      { ms: 0, result: 'interrupted', reason: 'x' },
    ],
  ])('of an attempt with %j is read', (row, attempt) => {
    expect(attemptRow({ number: 2, at: 9, ...row })).toEqual({ number: 2, at: 9, ...attempt });
  });

  it('has texts and numbers, or nothing of them', () => {
    expect([text({ a: 'x' }, 'a'), text({ a: 5 }, 'a'), text({}, 'a')]).toEqual(['x', '', '']);
    expect([number({ a: 5 }, 'a'), number({ a: '5' }, 'a'), number({}, 'a')]).toEqual([5, 0, 0]);
    expect([memoryOf({ memory: '{"a":1}' }), memoryOf({ memory: null })]).toEqual([{ a: 1 }, undefined]);
    const outage = { target: 'T', since: 5, reason: 'r' };
    expect(outageRow({ ...outage, back_at: null })).toEqual({ ...outage, backAt: undefined });
    expect(outageRow({ ...outage, back_at: 7 })).toEqual({ ...outage, backAt: 7 });
  });

  it('has what was pushed, with files and without', () => {
    const values = Object.assign(Object.create(null), { __proto__x: 'a' });
    const request = {
      ...{
        reference: 'hs-1',
        title: 'T',
        body: 'B',
        fields: { a: '1' },
        link: { href: 'https://x/', text: 'X' },
        values,
      },
      files: [
        { name: 'a.txt', type: 'text/plain', url: 'https://x/a', bytes: new Uint8Array([0, 255]) },
        { name: 'b.txt', type: 'text/plain', url: undefined, bytes: undefined },
      ],
    };
    const read = requestFromText(requestToText(request));
    expect(read).toEqual(request);
    expect(Object.getPrototypeOf(read.values)).toBeNull();
    expect(requestToText(request)).toContain('"base64":"AP8="');
  });

  it('has details with dates, alone and in lists', () => {
    const at = new Date('2026-11-26T10:00:00Z');
    const rows = [
      { label: 'a', value: at },
      { label: 'b', value: ['x', at, 5, true] },
      { label: 'c', value: { href: 'https://x/', text: 'X' } },
      { label: 'd', value: undefined },
    ];
    expect(detailsFromText(detailsToText({ title: 'T', rows }))).toEqual({ title: 'T', rows });
    const [none] = detailsFromText(
      detailsToText({ title: 'T', rows: [{ label: 'e', value: new Date(Number.NaN) }] }),
    ).rows;
    expect(String(none?.value)).toBe('Invalid Date');
    expect(detailsFromText('{"rows":[{"label":"l","value":["a",["b"]]}]}').rows).toEqual([
      { label: 'l', value: ['a'] },
    ]);
  });

  it.each([
    ['abcd', 3, 'abc'],
    ['abc', 3, 'abc'],
    ['a\0b\0c', 3, 'abc'],
    ['😀😀😀', 2, '😀😀'],
    ['a\0\0\0\0\0bc', 3, 'a'],
    ['', 3, ''],
  ])('keeps of %j at most %i signs', (given, most, kept) => {
    expect(storedText(given, most)).toBe(kept);
    expect(findable('a\0b\0')).toBe('ab');
  });
});

const ORDER = {
  states: ['failed', 'unclear'] as const,
  withTargets: true,
  targets: ['Mail', 'Chat'],
  most: 5,
  settleMs: 10,
  everyMs: 100,
};

it.each([
  ['at once where nobody has begun', { begun: 0 }, 1_000],
  ['never where nothing has happened', { begun: 1 }, undefined],
  ['some time after a push has ended', { begun: 1, ended: 950 }, 960],
  ['some time after a target went', { begun: 1, turned: 950 }, 960],
  ['after the first of both', { begun: 1, ended: 970, turned: 950 }, 960],
  ['after the first of both, the other way', { begun: 1, ended: 950, turned: 970 }, 960],
  ['not twice in its time', { begun: 1, ended: 950, last: 940 }, 1_040],
  ['while one target of it is free', { begun: 1, ended: 950, busy: 1 }, 960],
  ['not while all targets are busy', { begun: 1, ended: 950, busy: 2 }, undefined],
  ['now where the clock was set back since', { begun: 1, ended: 1_001 }, 1_000],
  ['some time after what has just happened', { begun: 1, ended: 1_000 }, 1_010],
  ['now where the last one was of such a clock', { begun: 1, ended: 950, last: 1_001 }, 1_000],
])('an alert is due %s', (_when, row, at) => {
  expect(dueFrom({ ended: null, turned: null, last: null, busy: 0, ...row }, ORDER, 1_000)).toBe(at);
  expect(dueParameters(ORDER)).toEqual([',failed,unclear,', 1, '["Mail","Chat"]']);
  expect(dueParameters({ ...ORDER, withTargets: false })).toEqual([',failed,unclear,', 0, '["Mail","Chat"]']);
});

describe('a clock', () => {
  const watched = () => {
    let [wall, monotonic] = [1_000_000, 50];
    const clock = new ClockWatch({ wall: () => wall, monotonic: () => monotonic });
    return {
      clock,
      pass: (ms: number) => {
        wall += ms;
        monotonic += ms;
      },
      set: (ms: number) => {
        wall += ms;
      },
    };
  };

  it('has been set where it is a second off, and tells by how much', () => {
    const { clock, set, pass } = watched();
    set(999);
    expect([clock.pending, clock.ahead, clock.skippedWithin(10)]).toEqual([0, 0, 0]);
    set(1_000);
    expect([clock.now(), clock.pending, clock.ahead, clock.skippedWithin(10)]).toEqual([
      1_001_999, 1_000, 1_000, 1_000,
    ]);
    clock.mended(400);
    expect(clock.pending).toBe(600);
    set(-3_000);
    expect([clock.pending, clock.ahead, clock.skippedWithin(10)]).toEqual([-2_400, 0, 0]);
    pass(11);
    set(5_000);
    // Noticed by whichever is asked first.
    expect(clock.skippedWithin(10)).toBe(5_000);
    expect([clock.ahead, clock.pending]).toEqual([3_000, 2_600]);
    set(2_000);
    expect(clock.ahead).toBe(5_000);
  });

  it('keeps the last hundred steps', () => {
    const { clock, set } = watched();
    for (let step = 0; step < 150; step += 1) {
      set(1_000);
      clock.now();
    }
    expect(clock.skippedWithin(10)).toBe(100_000);
    expect(clock.ahead).toBe(150_000);
  });
});

describe('the proof that a push can be stored', () => {
  /** The clock of the process stands still. @returns what lets it go on */
  function stopped() {
    let now = 1_000;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    return (ms: number) => {
      now += ms;
    };
  }

  function proved(outcomes: readonly (Error | undefined)[] = []) {
    let asked = 0;
    const proof = new Proof('gateway.db', async () => {
      const failed = outcomes[asked];
      asked += 1;
      if (failed !== undefined) throw failed;
    });
    return { proof, asked: () => asked, pass: stopped() };
  }
  const away = new StoreError('unusable', 'away');

  it('serves for two seconds, whichever it is', async () => {
    const { proof, asked, pass } = proved([undefined, away, undefined]);
    expect(proof.ageMs).toBe(Number.POSITIVE_INFINITY);
    await proof.ask();
    pass(1_999);
    expect(proof.ageMs).toBe(1_999);
    await proof.ask();
    expect(asked()).toBe(1);
    pass(1);
    expect(await failureOf(proof.ask())).toBe(away);
    expect(proof.trouble).toBe(away);
    expect(await failureOf(proof.ask())).toBe(away);
    expect(asked()).toBe(2);
    pass(2_000);
    await proof.ask();
    expect([proof.trouble, asked()]).toEqual([undefined, 3]);
  });

  it('is learnt from what was stored, and not from a bug', async () => {
    const bug = new TypeError('bug');
    const { proof, asked, pass } = proved([bug, undefined]);
    proof.learned();
    expect(proof.trouble).toBeUndefined();
    proof.learned(bug);
    expect(proof.trouble).toBeUndefined();
    pass(5_000);
    expect(await failureOf(proof.ask())).toBe(bug);
    await proof.ask();
    expect(asked()).toBe(2);
    proof.learned(away);
    expect([proof.trouble, proof.ageMs]).toEqual([away, 0]);
    pass(50);
    proof.learned();
    // What was stored is no proof for whoever asks next: it only ends the trouble.
    expect([proof.trouble, proof.ageMs]).toEqual([undefined, 50]);
  });

  it('that hangs is trouble after five seconds', async () => {
    const pass = stopped();
    let end: () => void = () => undefined;
    const stored = new Promise<void>((resolve) => {
      end = resolve;
    });
    const proof = new Proof('gateway.db', () => stored);
    const asked = proof.ask();
    pass(5_000);
    expect(proof.trouble).toBeUndefined();
    pass(700);
    expect(proof.trouble).toMatchObject({ kind: 'unusable' });
    expect(proof.trouble?.message).toBe(
      'the store gateway.db has not answered for 6 seconds; see whether its disk hangs',
    );
    end();
    await asked;
    expect(proof.trouble).toBeUndefined();
  });
});

describe('what is wrong with a file', () => {
  const sqlite = (rawCode: number) => Object.assign(new Error('said'), { code: 'SQLITE', rawCode });
  const system = (code: unknown) => Object.assign(new Error('said'), { code, syscall: 'open' });
  it.each([
    [sqlite(5), 'busy', 'another program keeps it locked; end that program'],
    [sqlite(261), 'busy', 'another program keeps it locked; end that program'],
    [sqlite(6), 'busy', 'another program keeps it locked; end that program'],
    [sqlite(11), 'unusable', 'the file is damaged; restore it from a copy, or move it away: a new one is made'],
    [sqlite(267), 'unusable', 'the file is damaged; restore it from a copy, or move it away: a new one is made'],
    [
      sqlite(1_032),
      'gone',
      'the file was moved or replaced while the gateway used it; put it back, or start the gateway again',
    ],
    [sqlite(8), 'unusable', 'let the account of the gateway write to that file and its folder'],
    [sqlite(778), 'unusable', expect.stringContaining('a quota or a limit')],
    [sqlite(266), 'unusable', 'the disk cannot be read or written; look into the log of the system'],
    [sqlite(26), 'unusable', 'that is no database of the gateway; name another file in store.file'],
    [sqlite(7), 'unusable', 'the gateway has too little memory'],
    [system('ENOSPC'), 'unusable', expect.stringContaining('free some space')],
    [system('EISDIR'), 'unusable', 'that is a folder; name a file in store.file'],
    [
      new Error('ConnectionFailed("Unable to open connection to local database x: 14")'),
      'unusable',
      expect.stringContaining('account of the gateway'),
    ],
  ])('%o is told in words', (error, kind, remedy) => {
    const told = storeTrouble('/a/gateway.db', error);
    expect(told).toBeInstanceOf(StoreError);
    const { message } = told instanceof Error ? told : expect.unreachable();
    expect(told).toMatchObject({ kind, cause: error });
    const start = `the store /a/gateway.db cannot be used: ${error.message}; `;
    expect(message.startsWith(start)).toBe(true);
    expect(message.slice(start.length)).toEqual(remedy);
  });

  it('is told of another file by its own name', () => {
    const told = storeTrouble('/a.db', sqlite(26), { called: 'the audit', key: 'audit.file' });
    expect(told).toMatchObject({
      message:
        'the audit /a.db cannot be used: said; that is no database of the gateway; name another file in audit.file',
    });
  });

  it('is left what it is where it is told already, or a bug', () => {
    const known = new StoreError('busy', 'x');
    expect(storeTrouble('/a.db', known)).toBe(known);
    const user = new UserError('name another');
    expect(storeTrouble('/a.db', user)).toMatchObject({
      name: user.name,
      kind: 'unusable',
      message: 'name another',
      cause: user,
    });
    for (const bug of [
      new TypeError('x'),
      sqlite(1),
      sqlite(19),
      system(5),
      'text',
      undefined,
      Object.assign(new Error('x'), { code: 'ENOSPC' }),
    ]) {
      expect(storeTrouble('/a.db', bug)).toBe(bug);
    }
  });

  it('is thrown by what uses it', () => {
    expect(inUse('/a.db', () => 5)).toBe(5);
    const bug = new TypeError('x');
    expect(() =>
      inUse('/a.db', () => {
        throw bug;
      }),
    ).toThrow(bug);
    expect(() =>
      inUse('/a.db', () => {
        throw sqlite(5);
      }),
    ).toThrow('the store /a.db cannot be used: said; another program');
  });

  it('may be that nothing can be made beside it', () => {
    expect([8, 14, 5, 11].map((code) => isUnwritable(sqlite(code)))).toEqual([true, true, false, false]);
    expect(isUnwritable(new Error('x'))).toBe(false);
  });
});
