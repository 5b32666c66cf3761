'use strict';
// Command-line Live Lookup: whatever happens, standard output gets XML that HelpSpot can read.

/**
 * @param {() => Record<string, Function>} program gives what the bundle exports; throws when it is not built
 * @param {string} packageRoot
 * @param {(() => void)=} connects called before a system is asked over the network
 */
exports.runProgram = (program, packageRoot, connects) => {
  let withoutSecrets = (text) => text;

  function lastResort(problem, message) {
    const stack = problem instanceof Error ? problem.stack : String(problem);
    process.stderr.write(`${withoutSecrets(stack)}\n`);
    process.stdout.write(
      '<?xml version="1.0" encoding="UTF-8"?>\n<livelookup version="1.0"><customer>' +
        `<lookup_error>${message}</lookup_error></customer></livelookup>\n`,
      () => process.exit(70),
    );
  }

  process.on('uncaughtException', (error) =>
    lastResort(error, 'An error in the gateway prevented this lookup; tell your administrator'),
  );

  let main;
  try {
    ({ main, withoutSecrets } = program());
  } catch (error) {
    lastResort(
      error,
      'The gateway is not built yet; tell your administrator to run npm ci and npm run build in its folder',
    );
  }
  main?.(packageRoot, connects);
};
