#!/usr/bin/env node
'use strict';
// Answers a command-line Live Lookup by itself, whatever runs on this machine.
const { join } = require('node:path');

const program = () => require('./load-bundle.cjs').openBundle('livelookup').load('livelookup.js');
require('./livelookup-main.cjs').runProgram(program, join(__dirname, '..'));
