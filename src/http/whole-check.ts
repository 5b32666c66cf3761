/** Both parts of `helpspot-gateway check`, for who waits for a page. */
import { DeadlineExceeded, withDeadlineWithin } from '../contract/index.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { CheckRow, Finding } from '../gateway/outcome.ts';
import { tlsFindings } from './tls/certificate.ts';

/** What a check came to. */
export interface WholeCheck {
  /** Sources that do not answer, or that have data which they cannot read. */
  readonly rows: readonly CheckRow[];
  /** Undefined: there was not enough time to compare the configuration with the sources. */
  readonly findings: readonly Finding[] | undefined;
}

/** Asks every source, within the deadline of the configuration. */
export async function wholeCheck(gateway: Gateway, signal: AbortSignal): Promise<WholeCheck> {
  const { server } = gateway.plan;
  const inTime = withDeadlineWithin(server.deadlineMs, signal, (limited) => gateway.inspect(limited));
  const [rows, found] = await Promise.all([gateway.check(signal), inTime.catch(unlessOver)]);
  const findings = found && [...tlsFindings(server), ...found];
  return { rows: rows.filter(({ ok, warnings }) => !ok || warnings !== undefined), findings };
}

function unlessOver(error: unknown): undefined {
  if (!(error instanceof DeadlineExceeded)) throw error;
}
