/** What the tests of the store share. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'libsql';
import { onTestFinished } from 'vitest';
import type { Ledger, NewPush } from '../../src/gateway/push/ledger.ts';
import { type LedgerOptions, openLedger } from '../../src/store/ledger.ts';
import { temporaryFolder } from '../support/temp.ts';

/** A push that is like no other. */
export function anyPush(more: Partial<NewPush> = {}): NewPush {
  const id = `q-${randomUUID()}`;
  return {
    ...{ id, target: 'Tickets', mode: 'queued', xRequest: '1', fingerprint: id },
    ...{ duplicateWindowMs: 1_000, giveUpAfterMs: 5_000 },
    request: {
      ...{ reference: 'hs-1', title: 'Printer', body: 'It burns', fields: {}, link: undefined },
      ...{ values: {}, files: [] },
    },
    ...more,
  };
}

export async function newFile(): Promise<string> {
  return join(await temporaryFolder(), 'gateway.db');
}

/** A ledger that is closed when the test ends. */
export async function opened(file: string, options: LedgerOptions = {}): Promise<Ledger> {
  const ledger = await openLedger(file, options);
  onTestFinished(() => ledger.close());
  return ledger;
}

/** Keeps everybody from writing, as another program would. @returns what ends it */
export function lockForWriting(file: string): () => void {
  const connection = new Database(file);
  connection.exec('BEGIN IMMEDIATE');
  let isOpen = true;
  const end = () => {
    if (isOpen) connection.close();
    isOpen = false;
  };
  onTestFinished(end);
  return end;
}
