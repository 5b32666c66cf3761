#!/usr/bin/env node
'use strict';
// What bin/livelookup does where there is no curl, and where there is no shell.
require('./ask-gateway.cjs').askGateway(process.argv.slice(2), (answer) => {
  if (answer === undefined) return void require('./livelookup-direct.cjs');
  process.stdout.write(answer.xml, () => process.exit(answer.status));
});
