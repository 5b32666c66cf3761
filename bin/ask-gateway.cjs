'use strict';
// Asks the gateway that serves the same configuration on this machine; bin/livelookup says what it is asked, and why.
const { accessSync, constants, lstatSync, readFileSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');

/** Milliseconds without a byte, after which a gateway hangs. */
const SILENCE_MS = 2_000;
/** So many bytes come within that time at least, of a gateway that waits as well. */
const SLOWEST = 1_000;
/** Ten times the largest answer that a gateway writes. */
const MOST = 80_000_000;
/** Milliseconds after which no lookup has an answer any more: "server.deadline" has two minutes at most. */
const LIMIT_MS = 130_000;
/** How the XML of an answer ends. What was cut off may end in a digit, too. */
const WHOLE = /(?:<\/livelookup>|\/>)\s*$/;
/** What Node.js makes of a byte that is not UTF-8: the bytes themselves are only known to the other way. */
const LOST = '\ufffd';

/** Where a gateway may listen: a Unix socket that is there, or a pipe of Windows, which tells only who connects. */
function listenerOf(socket, config, platform) {
  if (platform !== 'win32') {
    const file = socket === '' ? join(dirname(config), '../var/gateway.sock') : socket;
    return lstatSync(file).isSocket() ? file : undefined;
  }
  const { isPipe, pipeName } = require('./pipe-name.cjs');
  if (socket === '') return pipeName(config);
  return isPipe(socket) ? socket : undefined;
}

/** What the gateway is sent, and over which socket; undefined when there is nobody to ask. */
function questionOf(args, platform = process.platform) {
  if (args.some((argument) => argument.includes(LOST))) return undefined;
  let config = process.env.GATEWAY_CONFIG ?? '';
  let socket = '';
  for (const argument of args) {
    const option = /^--(lookup|config|socket)=(.*)$/s.exec(argument);
    if (option === null) break;
    if (option[1] === 'config') config = option[2];
    if (option[1] === 'socket') socket = option[2];
  }
  if (config === '') return undefined;
  config = resolve(config);
  try {
    socket = listenerOf(socket, config, platform);
    if (socket === undefined) return undefined;
    accessSync(config, constants.R_OK);
    const build = readFileSync(join(__dirname, '../dist/livelookup/build'), 'latin1').trim();
    return { socket, body: Buffer.from([build, config, ...args, ''].join('\0')) };
  } catch {
    return undefined;
  }
}

/** The answer in what came; undefined for a refusal, and for half an answer. */
function answerIn(bytes) {
  const text = bytes.toString('utf8');
  const body = text.slice(text.indexOf('\r\n\r\n')).trimStart();
  const status = '01'.indexOf(body.at(-1) ?? ' ');
  const xml = body.slice(0, -1);
  if (!text.startsWith('HTTP/1.1 200 ') || !xml.startsWith('<') || !WHOLE.test(xml) || status === -1) return undefined;
  return { xml, status };
}

/** @param {(answer: { xml: string, status: number } | undefined) => void} done called once; undefined: nobody answers */
function askGateway(args, done) {
  const question = questionOf(args);
  if (question === undefined) return done(undefined);
  const chunks = [];
  const connection = require('node:net').connect(question.socket);
  let answer;
  connection.setTimeout(SILENCE_MS, () => connection.destroy());
  const late = setTimeout(() => connection.destroy(), LIMIT_MS);
  connection.on('error', () => connection.destroy());
  let bytes = 0;
  let before = 0;
  const slow = setInterval(() => {
    if (bytes - before < SLOWEST) connection.destroy();
    before = bytes;
  }, SILENCE_MS);
  connection.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes > MOST) connection.destroy();
    else chunks.push(chunk);
  });
  connection.on('end', () => {
    answer = answerIn(Buffer.concat(chunks));
  });
  connection.on('close', () => {
    clearTimeout(late);
    clearInterval(slow);
    done(answer);
  });
  // HTTP/1.0: the answer is not in chunks.
  const head = `POST / HTTP/1.0\r\nContent-Type: application/octet-stream\r\nContent-Length: ${question.body.length}\r\n\r\n`;
  connection.write(Buffer.concat([Buffer.from(head), question.body]));
}

module.exports = { askGateway, questionOf };
