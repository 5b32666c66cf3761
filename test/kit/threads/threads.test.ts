import { describe, expect, it } from 'vitest';
import { DeadlineExceeded, SourceError, UserError, withDeadlineWithin } from '../../../src/contract/index.ts';
import { inThread, type ThreadTask } from '../../../src/kit/threads/index.ts';

type Sanitise = typeof import('../../../src/helpspot/sanitise.ts').sanitise;
type ParseXml = (text: string) => object;

const sanitise: ThreadTask<Sanitise> = { module: 'src/helpspot/sanitise', name: 'sanitise' };

describe('work in a thread', () => {
  it('gives what the function gives', async () => {
    await expect(inThread(sanitise, '<b onclick="x()">bold</b><script>no</script>')).resolves.toBe('<b>bold</b>');
  });

  it('throws what the function throws, with its class', async () => {
    const refuse: ThreadTask<(input: string) => string> = { module: 'test/support/thread-tasks', name: 'refuse' };
    const error = await inThread(refuse, 'no such table').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ kind: 'rejected', message: 'no such table', remedy: 'name another' });
  });

  it('ends at the deadline, although it never gives the processor back, and the next work finds a thread', async () => {
    const spin: ThreadTask<(input: string) => string> = { module: 'test/support/thread-tasks', name: 'spin' };
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    try {
      const ended = withDeadlineWithin(400, undefined, (signal) => inThread(spin, '', signal));
      await expect(ended).rejects.toBeInstanceOf(DeadlineExceeded);
    } finally {
      clearInterval(timer);
    }
    // The event loop went round all the while.
    expect(turns).toBeGreaterThan(10);
    await expect(inThread(sanitise, 'next')).resolves.toBe('next');
  });

  it('ends what needs too much memory, and nothing else', async () => {
    const hoard: ThreadTask<(input: string) => number> = { module: 'test/support/thread-tasks', name: 'hoard' };
    await expect(inThread(hoard, '')).rejects.toThrow('needs more memory than it may have');
    await expect(inThread(sanitise, 'next')).resolves.toBe('next');
  });

  it('starts nothing for a call that has been given up', async () => {
    await expect(inThread(sanitise, 'late', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });

  it('says at once that the program has been replaced, when a thread finds no module', async () => {
    const gone: ThreadTask<ParseXml> = { module: 'src/helpspot/gone', name: 'gone' };
    const error = await inThread(gone, '').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: expect.stringMatching(/gone\.js.*; it was updated or removed, so start/s) });
  });

  it('says which function a module does not export', async () => {
    const missing: ThreadTask<ParseXml> = { module: 'src/helpspot/sanitise', name: 'nothing' };
    await expect(inThread(missing, '')).rejects.toThrow('exports no function nothing');
  });
});
