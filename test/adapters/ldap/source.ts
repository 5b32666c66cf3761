/** A directory source over a real server, for tests. */

import { onTestFinished } from 'vitest';
import ldap from '../../../adapters/ldap/index.ts';
import {
  type Criterion,
  type MatchKind,
  type Source,
  SourceError,
  type SourceRecord,
} from '../../../src/contract/index.ts';
import type { DirectoryServer } from '../../support/directory/server.ts';
import { type RecordedLog, recordedLog } from '../../support/log.ts';

/** An open source, what it logged and what it told staff. */
export interface OpenDirectory {
  readonly source: Source;
  readonly log: RecordedLog;
  readonly notices: string[];
  /** The records for one question. */
  find(criteria: Readonly<Record<string, string>>, options?: FindOptions): Promise<readonly SourceRecord[]>;
}

/** How {@link OpenDirectory.find} asks. */
export interface FindOptions {
  readonly match?: MatchKind;
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** The settings that reach a server over TLS as its service account. */
export function settingsFor(server: DirectoryServer, more: object = {}): Readonly<Record<string, unknown>> {
  const { tlsUrl: url, caFile: ca, bindDn, bindPassword, peopleBaseDn: baseDn } = server;
  const preset = bindDn.includes('@') ? 'active-directory' : 'openldap';
  return { url, tls: { ca }, bindDn, bindPassword, baseDn, preset, ...more };
}

/** Opens a source with just these settings; it is closed with the test. */
export async function openWith(settings: object): Promise<OpenDirectory> {
  const log = recordedLog();
  const notices: string[] = [];
  const source = await ldap.open(ldap.settings.parse(settings), { name: 'directory', log, resolve: (path) => path });
  onTestFinished(() => source.close?.());
  return {
    source,
    log,
    notices,
    async find(asked, { match = 'exact', limit = 100, signal = AbortSignal.timeout(20_000) } = {}) {
      const criteria: Criterion[] = Object.entries(asked).map(([field, value]) => ({ field, match, value }));
      const notice = (sentence: string) => notices.push(sentence);
      const context = { signal, reference: 'test', notice };
      return (await source.find?.({ criteria, limit, parameters: {} }, context)) ?? [];
    },
  };
}

/** The same with the usual settings of a server. */
export function openOn(server: DirectoryServer, more: object = {}): Promise<OpenDirectory> {
  return openWith(settingsFor(server, more));
}

/** Why `check` fails: the kind, and everything that an administrator reads. */
export async function problemOf(settings: object): Promise<{ readonly kind: string; readonly text: string }> {
  const { source } = await openWith(settings);
  try {
    await source.check({ signal: AbortSignal.timeout(20_000), reference: 'test' });
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { kind: error.kind, text: `${error.message}; ${error.remedy}` };
  }
  throw new Error('check succeeded');
}
