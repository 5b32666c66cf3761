// Which tests belong to a folder of src/: those that would fail first when something in it is wrong. The whole suite
// takes minutes, and each mutant runs those of them that come by its line.

const TESTS = new Map([
  ['src/contract', ['test/contract/**/*', 'test/gateway/lookup/**/*', 'test/kit/wait/**/*']],
  [
    'src/gateway/push',
    ['test/gateway/push/{again,by-hand,details,direct,filling,linking,store,target-queue,texts,words,queue,schedule}*'],
  ],
  ['src/gateway/lookup', ['test/gateway/lookup/**/*', 'test/gateway/gateway*']],
  ['src/gateway/sources', ['test/gateway/sources/**/*', 'test/gateway/gateway*']],
  ['src/gateway', ['test/gateway/**/*']],
  ['src/store', ['test/store/**/*']],
  ['src/helpspot', ['test/helpspot/**/*', 'test/gateway/large-answers*']],
  ['src/http', ['test/http/*']],
  ['src/kit', ['test/kit/**/*']],
]);

/** @param {string} place a folder or file of src/ @returns {readonly string[] | undefined} patterns of files of tests */
export function testsOf(place) {
  const [, patterns] = [...TESTS].find(([folder]) => `${place}/`.startsWith(`${folder}/`)) ?? [];
  return patterns?.map((pattern) => `${pattern}.test.ts`);
}
