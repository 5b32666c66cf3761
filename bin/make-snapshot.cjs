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
