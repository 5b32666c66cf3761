'use strict';
// Command-line Live Lookup: whatever happens, standard output gets XML that HelpSpot can read.

/**
 * @param {() => Record<string, Function>} program gives what the bundle exports; throws when it is not built
 * @param {string} packageRoot
 * @param {(() => void)=} connects called before a system is asked over the network
 */
exports.runProgram = (program, packageRoot, connects) => {
  let withoutSecrets = (text) => text;
  let hasAnswered = () => false;
  let isOver = false;

  function lastResort(problem, message) {
    if (isOver) return;
    isOver = true;
    const stack = problem instanceof Error ? problem.stack : String(problem);
    process.stderr.on('error', () => undefined);
    process.stderr.write(`${withoutSecrets(stack)}\n`);
    const words =
      '<?xml version="1.0" encoding="UTF-8"?>\n<livelookup version="1.0"><customer>' +
      `<lookup_error>${message}</lookup_error></customer></livelookup>\n`;
    // Of two answers HelpSpot could read none.
    process.stdout.write(hasAnswered() ? '' : words, () => process.exit(70));
  }

  process.on('uncaughtException', (error) =>
    lastResort(error, 'An error in the gateway prevented this lookup; tell your administrator'),
  );

  let main;
  try {
    ({ main, withoutSecrets, hasAnswered } = program());
  } catch (error) {
    lastResort(
      error,
      'The gateway is not built yet; tell your administrator to run npm ci and npm run build in its folder',
    );
  }
  main?.(packageRoot, connects);
};
