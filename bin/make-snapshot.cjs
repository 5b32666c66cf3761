'use strict';
// Makes the snapshot from which bin/livelookup starts where no gateway is asked. It is for the Node.js that made it, on
// processors like this one; any other says so, and bin/livelookup starts without.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const FOLDER = join(__dirname, '../dist/livelookup');
const SNAPSHOT = join(FOLDER, 'snapshot');
/** Says for what it was made, and in a second line its SHA-256: bin/livelookup asks for it after a crash. */
const MARK = `${SNAPSHOT}.for`;
const LIMIT_MS = 60_000;

function textOf(file) {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

const digestOf = (file) => createHash('sha256').update(textOf(file), 'latin1').digest('hex');

/**
 * A snapshot without what stands at its end: the modules of Node.js itself, compiled, half of what each start would read.
 * Those that a lookup needs are loaded in it; Node.js compiles another one from its text. (`withoutCodeCache` of Node.js would
 * leave out what is compiled of the lookup, too.) A list of names and contents, each with its length in front.
 * @param {Buffer} bytes @returns {Buffer} the same bytes where they have no such end
 */
function withoutModules(bytes) {
  const numberAt = (at) => (at + 8 <= bytes.length && bytes.readUInt32LE(at + 4) === 0 ? bytes.readUInt32LE(at) : -1);
  const isList = (start, count) => {
    let at = start + 8;
    for (let one = 0; one < count; one += 1) {
      const length = numberAt(at);
      if (length < 1 || length > 200 || !/^[\w/.-]+$/.test(bytes.latin1Slice(at + 8, at + 8 + length))) return false;
      at += 8 + length;
      if (numberAt(at) < 0) return false;
      at += 8 + numberAt(at);
    }
    return at === bytes.length;
  };
  for (let start = 0; start < bytes.length; start += 1) {
    const count = numberAt(start);
    if (count < 50 || count > 5_000 || !isList(start, count)) continue;
    return Buffer.concat([bytes.subarray(0, start), Buffer.alloc(8)]);
  }
  return bytes;
}

/** @returns {string | undefined} why there is none; undefined when there is one for this Node.js and this build */
exports.makeSnapshot = () => {
  const mark = `${process.version} ${process.arch} ${FOLDER} ${textOf(join(FOLDER, 'build'))}`;
  if (textOf(MARK) === `${mark}${digestOf(SNAPSHOT)}\n`) return undefined;
  const made = `${SNAPSHOT}.${process.pid}`;
  try {
    // Nobody starts from half a file, nor is asked for one where nobody may write.
    writeFileSync(made, '');
    const args = ['--snapshot-blob', made, '--build-snapshot', join(__dirname, 'livelookup-snapshot.cjs')];
    // Options of the environment would be part of it, and warnings of Node.js are for nobody here.
    const env = { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, NODE_NO_WARNINGS: '1' };
    const { status, stderr, error } = spawnSync(process.execPath, args, { env, timeout: LIMIT_MS, encoding: 'utf8' });
    if (status !== 0) return `Node.js ${process.version} makes no snapshot: ${error?.message ?? stderr.slice(0, 1000)}`;
    const whole = readFileSync(made);
    writeFileSync(made, withoutModules(whole));
    const asked = ['--snapshot-blob', made, __dirname, '--version'];
    if (spawnSync(process.execPath, asked, { env, timeout: LIMIT_MS }).status !== 0) writeFileSync(made, whole);
    chmodSync(made, 0o644);
    const digest = digestOf(made);
    renameSync(made, SNAPSHOT);
    writeFileSync(MARK, `${mark}${digest}\n`);
    chmodSync(MARK, 0o644);
    return undefined;
  } catch (error) {
    return error.message;
  } finally {
    rmSync(made, { force: true });
  }
};
