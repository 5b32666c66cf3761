'use strict';
// What make-snapshot.cjs lets Node.js run, to keep the state of V8 after it: the program loaded, and compiled as far as
// a lookup runs it. A start from there loads nothing. What a module keeps from its beginning is on disk then: no secret,
// no time, and no object of `Intl`, with which V8 makes no snapshot. https://nodejs.org/docs/latest-v20.x/api/cli.html#--build-snapshot
const { readFileSync, realpathSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { setTimeout: wait } = require('node:timers/promises');
const { queryObjects, setFlagsFromString, startupSnapshot } = require('node:v8');
const { runInThisContext, Script } = require('node:vm');

/** With what Node.js ends where a snapshot is not for it; bin/livelookup then starts without. */
const NOT_THIS_ONE = 14;
/** With what it ends where it was started without the certificates that a system may need; bin/livelookup starts it with them. */
const WITHOUT_CERTIFICATES = 15;
const PARENT_EVERY_MS = 250;
/** So long nothing is optimized. A lookup in some hundred lines has ended by then. */
const SHORT_MS = 100;

function setFlags(no) {
  for (const flag of ['sparkplug', 'opt', 'regexp-tier-up']) setFlagsFromString(`--${no}${flag}`);
}

const packageRoot = realpathSync(join(__dirname, '..'));
const readBuild = () => readFileSync(join(packageRoot, 'dist/livelookup/build'), 'latin1');
const build = readBuild();

// While a snapshot is made `require` knows what Node.js has itself, and a `Script` cannot be kept.
let requireFile = require;
let compile = (text, { filename }) => ({ runInThisContext: () => runInThisContext(text, { filename }) });

function loaded(name) {
  const module = { exports: {} };
  const text = readFileSync(join(__dirname, name), 'utf8');
  const parts = ['exports', 'require', 'module', '__dirname'];
  runInThisContext(`(${parts.join()}) => {${text}\n}`)(module.exports, (id) => requireFile(id), module, __dirname);
  return module.exports;
}

const { openBundle } = loaded('load-bundle.cjs');
const { runProgram } = loaded('livelookup-main.cjs');
const { load } = openBundle('livelookup', {
  requireOutside: (id) => requireFile(id),
  compile: (text, options) => compile(text, options),
});
const program = load('livelookup.js');

/** What V8 11 gives a realm only when it was read from a snapshot: lent to the lookup that runs here. */
const LENT = {
  toSorted(compareFn) {
    return [...this].sort(compareFn);
  },
  toReversed() {
    return [...this].reverse();
  },
  toSpliced(...args) {
    const copy = [...this];
    copy.splice(...args);
    return copy;
  },
  with(index, value) {
    const copy = [...this];
    copy[index < 0 ? copy.length + index : index] = value;
    return copy;
  },
};

// Node.js takes it away from what is kept.
const { Console } = console;

// The embedded default, as for the code cache; `load-bundle.cjs` says why V8 keeps what has run. One who is found, and several.
const lent = Object.keys(LENT).filter((name) => Array.prototype[name] === undefined);
for (const name of lent) Object.defineProperty(Array.prototype, name, { value: LENT[name], configurable: true });
const ignored = { write: () => true };
const terminal = { stdout: ignored, stderr: ignored, environment: {}, packageRoot };
const config = `--config=${join(packageRoot, 'config/gateway.yaml')}`;

async function ask(question) {
  const status = await program.runLiveLookup([config, ...question], terminal);
  if (status !== 0) throw new Error('the command line does not answer on the embedded default');
}

(async () => {
  await ask(['--customer_id=1001']);
  await ask(['--customer_id=', '--first_name=', '--last_name=mul']);
  for (const name of lent) delete Array.prototype[name];
  // Node.js keeps when the next timer is due, also of one that was cleared, and sets none for a later one: the deadline of
  // a lookup would never come. Once a timer was due, there is no next one.
  await wait(1);
  // V8 12 makes no snapshot while somebody is to be told of what it has collected: it collects now, and tells before the end.
  queryObjects(Script);
})();

startupSnapshot.setDeserializeMainFunction(() => {
  // The folder was moved or built anew, and this was left behind.
  const folder = join(realpathSync(process.argv[1]), '..');
  if (folder !== packageRoot || readBuild() !== build) process.exit(NOT_THIS_ONE);
  // Who ends the shell in front ends the lookup: nobody reads the answer.
  const shell = process.ppid;
  setInterval(() => process.ppid === shell || process.exit(), PARENT_EVERY_MS).unref();
  const { livelookup_certificates: certificates } = process.env;
  if (certificates !== undefined) {
    delete process.env.livelookup_certificates;
    process.env.NODE_EXTRA_CA_CERTS = certificates;
  }
  const connects = certificates === undefined ? undefined : () => process.exit(WITHOUT_CERTIFICATES);
  // What an adapter starts with the options of this process would be a lookup, too.
  process.execArgv = [];
  console.Console = Console;
  requireFile = createRequire(join(__dirname, 'load-bundle.cjs'));
  // What runs once is not worth machine code, nor is a pattern that matches a few times worth to be compiled a second time.
  // A large file is worth it. A code cache is for these flags, and who has more to load has more to run.
  setFlags('no-');
  const usual = setTimeout(setFlagsFromString, SHORT_MS, '--opt').unref();
  compile = (text, options) => {
    clearTimeout(usual);
    setFlags('');
    return new Script(text, options);
  };
  runProgram(() => program, packageRoot, connects);
});
