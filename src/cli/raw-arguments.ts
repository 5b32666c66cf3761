/** The arguments of this process, also those that are not UTF-8. */
import { readFileSync } from 'node:fs';
import { textOfBytes } from '../helpspot/bytes.ts';

/** What Node.js makes of a byte that is not UTF-8. */
const LOST = '\ufffd';

/**
 * `process.argv` without the program and its file. Node.js reads arguments as UTF-8 and loses the bytes of others: an old
 * HelpSpot sends `--last_name=M\xFCller`. Linux has the bytes in `/proc/self/cmdline`, each argument with a zero behind it
 * (proc_pid_cmdline(5)); elsewhere the arguments stay as Node.js has them.
 */
export function programArguments(argv: readonly string[] = process.argv): readonly string[] {
  const given = argv.slice(2);
  if (!given.some((argument) => argument.includes(LOST))) return given;
  const bytes = commandLine();
  const texts = bytes === undefined ? [] : argumentsIn(bytes).map(textOfBytes);
  // Options of Node.js itself stand in front.
  return texts.length < argv.length ? given : texts.slice(-given.length);
}

function commandLine(): Buffer | undefined {
  try {
    return readFileSync('/proc/self/cmdline');
  } catch {
    return undefined;
  }
}

/** Arguments that stand behind one another, each with a zero behind it. */
export function argumentsIn(bytes: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, from)) {
    pieces.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return pieces;
}
