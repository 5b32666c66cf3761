/** What the benchmarks share: rounds in turn, medians, one table. */

/** The middle of the values; the machine is noisy, and a mean would carry its worst moment. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Runs two contenders in turn, A B A B …, after one round that does not count, so that both meet the same noise. */
export async function inTurn<T>(
  rounds: number,
  a: () => Promise<T>,
  b: () => Promise<T>,
): Promise<{ readonly a: readonly T[]; readonly b: readonly T[] }> {
  await a();
  await b();
  const results: { a: T[]; b: T[] } = { a: [], b: [] };
  for (let round = 0; round < rounds; round += 1) {
    results.a.push(await a());
    results.b.push(await b());
  }
  return results;
}

/** Prints one figure of two contenders and their ratio: `lookups/s  5100  7000  0.73`. */
export function report(what: string, a: readonly number[], b: readonly number[], digits = 0): void {
  const ratios = a.map((value, index) => value / (b[index] ?? Number.NaN));
  const cells = [what.padEnd(28), median(a).toFixed(digits), median(b).toFixed(digits), median(ratios).toFixed(2)];
  process.stdout.write(`${cells.map((cell) => cell.padStart(12)).join('')}\n`);
}

/** Prints the head of a table of two contenders. */
export function head(title: string, a: string, b: string): void {
  const cells = [title.padEnd(28), a, b, 'ratio'];
  process.stdout.write(`${cells.map((cell) => cell.padStart(12)).join('')}\n`);
}
