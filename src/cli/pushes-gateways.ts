/** `helpspot-gateway pushes gateways`: which gateways use the store. */
import { storeGatewayView } from '../gateway/push/view.ts';
import type { LedgerView } from '../store/ledger.ts';
import { inJson } from './json.ts';
import { type PushWork, utc } from './pushes-selection.ts';
import { table } from './terminal.ts';
import { printable } from './text-width.ts';

/** @returns the exit status */
export async function listGateways({ line, say }: PushWork, ledger: Pick<LedgerView, 'gateways'>): Promise<number> {
  const found = await ledger.gateways();
  if (line.has('json')) {
    say(inJson(found.map(storeGatewayView)));
    return 0;
  }
  if (found.length === 0) {
    say('No gateway uses the store\n');
    return 0;
  }
  const rows = found.map(({ name, pid, version, since, seenAt, isSilent, sending }) => [
    name === '' ? '(older version)' : printable(name),
    pid === 0 ? '' : String(pid),
    printable(version),
    since === 0 ? '' : utc(since),
    utc(seenAt),
    String(sending),
    isSilent ? `silent since ${utc(seenAt)}` : '',
  ]);
  say(table([['GATEWAY', 'PID', 'VERSION', 'SINCE (UTC)', 'LAST SEEN', 'SENDING', 'REMARK'], ...rows]));
  return 0;
}
