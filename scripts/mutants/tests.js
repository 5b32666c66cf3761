// Which tests belong to a folder of src/: those that fail first when something in it is wrong. Of them each mutant runs
// those that come by its line; the whole suite would take minutes for each.

/** By folder, inner ones first: patterns of files of tests. */
const TESTS = new Map([
  ['src/contract', ['test/contract/**/*', 'test/gateway/lookup/*', 'test/kit/wait/*']],
  ['src/gateway/push/alerter.ts', ['test/gateway/push/alerts*']],
  // With those who call it. Without those that kill processes, wait for outages or fill disks; several.test.ts and
  // alerts.test.ts would need a minute for each mutant.
  [
    'src/gateway/push',
    [
      ...['a[!l]*', '[bdhjqtvw]*', 'filling*', 'linking*', 's[!e]*'].map((some) => `test/gateway/push/${some}`),
      ...['test/gateway/events/incoming*', 'test/http/push-json*', 'test/http/console/pushes*', 'test/http/api/api*'],
    ],
  ],
  ['src/gateway/lookup', ['test/gateway/lookup/*', 'test/gateway/gateway*', 'test/http/console/{try-lookup,made}*']],
  ['src/gateway/sources', ['test/gateway/sources/*', 'test/gateway/gateway*']],
  ['src/gateway', ['test/gateway/**/*']],
  // Without PostgreSQL, which has to start for each mutant; with what reads the ledger and the index through the gateway.
  [
    'src/store',
    [
      ...['test/store/[!p]*', 'test/gateway/push/by-hand*', 'test/gateway/audit*'],
      ...['test/gateway/sources/index*', 'test/gateway/check/source-index*'],
    ],
  ],
  // Without Chromium and PHP.
  [
    'src/helpspot',
    [
      ...['test/helpspot/[!bp]*', 'test/helpspot/pa*', 'test/helpspot/push*'],
      ...['test/gateway/push/texts*', 'test/http/lookup-json*', 'test/gateway/large-answers*'],
    ],
  ],
  // Without Chromium, pictures, and the megabytes of hostile.test.ts.
  ['src/http', ['[!h]*', 'health*', 'api/*', 'console/[!bds]*', 'console/s[!c]*'].map((some) => `test/http/${some}`)],
  ['src/kit', ['test/kit/**/*']],
]);

/** @param {string} place a folder or a file of src/ @returns {readonly string[]} none where nothing is said of it */
export function testsOf(place) {
  const [, patterns = []] = [...TESTS].find(([folder]) => `${place}/`.startsWith(`${folder}/`)) ?? [];
  return patterns.map((pattern) => `${pattern}.test.ts`);
}
