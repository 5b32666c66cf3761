/** `helpspot-gateway check`: opens every source and says which ones answer. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { redact } from '../contract/index.ts';
import { createGateway } from '../gateway/gateway.ts';
import type { CheckRow } from '../gateway/outcome.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { tlsFindings } from '../http/tls/certificate.ts';
import { openAuditByHand } from '../store/audit.ts';
import { openCustomerIndex } from '../store/index-file/index-file.ts';
import { proveStore } from '../store/store.ts';
import { createLog } from './log.ts';
import { type Terminal, table } from './terminal.ts';
import { printable } from './text-width.ts';

/**
 * Prints a table of the sources: name, adapter, milliseconds, ok or what is wrong and how to mend it; where there are
 * push targets the store is one of them, and so is the provider at which people sign in to the console. Below it what the configuration promises and the sources cannot keep.
 * @returns the exit status: 0 when every source answers, pushes can be stored and nothing of it is an error, else 1
 */
export async function check(file: string, terminal: Terminal): Promise<number> {
  const plan = await loadConfiguration(file, adapters, terminal.environment);
  // The table says what is wrong; the log would say it twice.
  const log = createLog('silent', terminal.stderr, () => plan.secrets);
  const gateway = createGateway(plan, {
    log,
    openIndex: openCustomerIndex,
    openAudit: openAuditByHand,
    checkStore: () => proveStore(plan.store),
  });
  try {
    const rows = await gateway.check();
    const openid = await checkConsole(plan);
    const cells = [...rows, ...openid].flatMap((row) => [
      [row.source, row.adapter, `${row.milliseconds} ms`, row.ok ? 'ok' : row.problem],
      ...(row.warnings ?? []).map((warning) => ['', '', '', `warning: ${warning}`]),
    ]);
    // What is wrong takes more than a line of a terminal: at the end it pads no other row.
    terminal.stdout.write(table([['SOURCE', 'ADAPTER', 'TIME', 'RESULT'], ...cells]));
    const findings = [...tlsFindings(plan.server), ...(await gateway.inspect())];
    for (const { where, weight, sentence } of findings) {
      terminal.stdout.write(`${printable(`${weight}: ${where}: ${sentence}`)}\n`);
    }
    prepareCommandLine(terminal.packageRoot);
    return [...rows, ...openid].every(({ ok }) => ok) && findings.every(({ weight }) => weight !== 'error') ? 0 : 1;
  } finally {
    await gateway.close();
  }
}

/**
 * Makes what bin/livelookup starts from, where npm has installed a package and Node.js is another one since. Who may not
 * write there checks all the same: without it a lookup only takes longer.
 */
function prepareCommandLine(packageRoot: string): void {
  const file = join(packageRoot, 'bin', 'make-snapshot.cjs');
  const { makeSnapshot }: { makeSnapshot(): string | undefined } = createRequire(file)(file);
  makeSnapshot();
}

/** The provider of `console.openid`; none where there is none. */
async function checkConsole({ console, server, secrets }: GatewayPlan): Promise<readonly CheckRow[]> {
  const openid = console?.openid;
  if (openid === undefined) return [];
  const { checkOpenId } = await import('../http/console/openid/check.ts');
  const { problem, warnings, milliseconds } = await checkOpenId(openid, server.deadlineMs);
  return [
    {
      source: 'console.openid',
      adapter: 'openid',
      ok: problem === undefined,
      problem: redact(problem ?? '', secrets),
      warnings: warnings.map((warning) => redact(warning, secrets)),
      milliseconds,
    },
  ];
}
