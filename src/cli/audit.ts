/** `helpspot-gateway audit`: who looked whom up, beside a gateway that runs or without one. */
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { redact, UserError } from '../contract/index.ts';
import { auditCsv, auditHead } from '../gateway/audit/csv.ts';
import type { AuditEntry } from '../gateway/audit/entry.ts';
import { type AuditFilter, type AuditReader, MOST_ON_PAGE } from '../gateway/audit/file.ts';
import { pastMoment } from '../gateway/audit/moment.ts';
import { auditView } from '../gateway/audit/view.ts';
import { openAuditByHand } from '../store/audit.ts';
import { auditTable } from './audit-formats.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import { inJson } from './json.ts';
import { type Terminal, writeDocument } from './terminal.ts';
import { terminalLog } from './terminal-log.ts';

/** A table and a JSON document are held in memory; CSV is written page by page. */
const MOST_HELD = 10_000;

/** @returns the exit status: 0, also when nothing is found */
export async function audit(line: CommandLine, terminal: Terminal): Promise<number> {
  // What cannot be understood is said before anything is opened.
  readAuditFilter(line, Date.now());
  const format = formatOf(line);
  const limit = limitOf(line, format);
  const plan = await loadConfiguration(line.configuration(), adapters, terminal.environment);
  if (plan.audit === undefined) {
    throw new UserError('there is no audit; write audit: {} into the configuration, and it begins with the next call');
  }
  const say = (text: string) => writeDocument(terminal.stdout, redact(text, plan.secrets));
  if (format === 'csv') say(auditHead());
  const held: AuditEntry[] = [];
  let hasMore = false;
  const file = openAuditByHand(
    plan.audit,
    terminalLog(terminal.stderr, () => plan.secrets),
  );
  try {
    const filter = readAuditFilter(line, (await file.now?.()) ?? Date.now());
    for await (const { entries, more } of pagesOf(file, filter, limit)) {
      hasMore = more;
      if (format === 'csv') say(auditCsv(entries));
      else for (const entry of entries) held.push(entry);
    }
  } finally {
    await file.close();
  }
  if (format === 'json') say(inJson(held.map(auditView)));
  if (format === 'table') say(held.length === 0 ? 'There are no such entries in the audit\n' : auditTable(held));
  if (hasMore) terminal.stderr.write(`note: only the newest ${limit} are shown; --limit=COUNT shows more\n`);
  return 0;
}

async function* pagesOf(reader: AuditReader, filter: AuditFilter, limit: number) {
  let from: string | undefined;
  for (let left = limit; left > 0; ) {
    const page = await reader.page(filter, { limit: Math.min(left, MOST_ON_PAGE), from });
    left -= page.entries.length;
    from = page.next;
    yield { entries: page.entries, more: from !== undefined };
    if (from === undefined) return;
  }
}

/** @throws {Misuse} */
function readAuditFilter(line: CommandLine, now: number): AuditFilter {
  const filter = {
    person: soughtText(line, 'person'),
    customer: soughtText(line, 'customer'),
    request: soughtText(line, 'request'),
    lookup: soughtText(line, 'lookup'),
    since: timeOf(line, 'since', now),
    until: timeOf(line, 'until', now),
  };
  if (filter.since !== undefined && filter.until !== undefined && filter.since >= filter.until) {
    throw new Misuse('--since is not before --until, so that nothing can be found; write the earlier time in --since');
  }
  return filter;
}

function soughtText(line: CommandLine, name: string): string | undefined {
  const text = line.value(name)?.trim();
  if (text === '') throw new Misuse(`--${name} is empty; leave it out, or say which`);
  return text;
}

/** `2h` ago, or a day or time of UTC, as the table shows it. */
function timeOf(line: CommandLine, name: 'since' | 'until', now: number): number | undefined {
  const text = line.value(name);
  if (text === undefined) return undefined;
  const at = pastMoment(text, now);
  if (at !== undefined) return at;
  const examples = ['2h', '2026-11-20', '2026-11-20T08:30'].map((example) => `--${name}=${example}`);
  throw new Misuse(`--${name} must be a time ago, or one of UTC; write ${examples.join(', ')}`);
}

function formatOf(line: CommandLine): 'table' | 'json' | 'csv' {
  if (line.has('json') && line.has('csv')) throw new Misuse('--json and --csv do not go together; write one of them');
  if (line.has('json')) return 'json';
  return line.has('csv') ? 'csv' : 'table';
}

function limitOf(line: CommandLine, format: 'table' | 'json' | 'csv'): number {
  const written = line.value('limit') ?? '50';
  if (!/^[1-9]\d{0,7}$/.test(written))
    throw new Misuse('--limit must be a number from 1 to 99999999; write --limit=50');
  const limit = Number(written);
  if (format === 'csv' || limit <= MOST_HELD) return limit;
  throw new Misuse(`--limit is ${MOST_HELD} at most; only --csv takes more`);
}
