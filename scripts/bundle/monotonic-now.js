/** What `performance.now()` counts, from another beginning: milliseconds of a clock that nobody sets. */
export function monotonicNow() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
