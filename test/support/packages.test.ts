import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandPath, reasonOf, requireCommand } from './packages.ts';

const MISSING = 'no-such-command-of-any-system';

describe('requireCommand', () => {
  beforeEach(() => void vi.stubEnv('REQUIRE_SERVICES', ''));
  afterEach(() => void vi.unstubAllEnvs());

  it('finds a command that is here', async () => {
    const sh = await requireCommand('sh', [], 'a shell is needed');
    expect(sh).toEqual({ ok: true, path: await commandPath('sh') });
    expect(reasonOf(sh)).toBe('');
  });

  it('gives a written reason, also to several who ask at once', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => requireCommand(MISSING, [], 'nothing else will do')));
    for (const answer of answers) {
      expect(answer.ok).toBe(false);
      expect(reasonOf(answer)).toBe(
        ` (skipped: ${MISSING} is not here (no Debian package has it); nothing else will do)`,
      );
    }
  });

  it('does not take a command that does not work', async () => {
    expect(await requireCommand('sh', [], 'why', async () => false)).toMatchObject({ ok: false });
  });

  it('throws where services are required', async () => {
    vi.stubEnv('REQUIRE_SERVICES', '1');
    await expect(requireCommand(MISSING, [], 'why')).rejects.toThrow(/REQUIRE_SERVICES=1, but no-such-command/);
  });
});
