/** What a command can see and say; tests give it streams of their own. */

/** The part of a writable stream that commands use. */
export interface Output {
  write(text: string): unknown;
}

/** Where a command runs. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder of this package: the embedded default lies in `config/` below it. */
  readonly packageRoot: string;
}

/** The terminal of this process. */
export function processTerminal(packageRoot: string): Terminal {
  return { stdout: process.stdout, stderr: process.stderr, environment: process.env, packageRoot };
}

/** Rows as columns that are as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
