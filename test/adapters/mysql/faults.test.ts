import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { withDeadlineWithin } from '../../../src/contract/index.ts';
import { freePorts } from '../../support/directory/lifecycle.ts';
import { reasonOf } from '../../support/packages.ts';
import { type MariaDbServer, requireMariaDb } from '../../support/sql/mariadb.ts';
import { kindAndTextOf, openWith, PATIENCE_MS, problemOf, seedSuite, serverForAll, settingsFor } from './source.ts';

const mariadb = await requireMariaDb();
const SLOW = 'SELECT SLEEP(600) AS slow, :email AS email';
const BORROWED = `SELECT SUM(borrowed(1) + BENCHMARK(2000, SHA2('x', 512))) AS slow, :email AS email
  FROM suite a, suite b, suite c, suite d`;
const BOB = { email: 'bob.smith@example.com' };

/**
 * Connections over the network, which only the gateway has. What runs with the rights of another account has its host
 * too, `localhost`; connections over the socket have no port.
 */
async function sessions(server: MariaDbServer, like = '%'): Promise<number> {
  const where = `host LIKE '%:%' AND COALESCE(info, '') LIKE '${like}'`;
  const [count] = await server.sql(`SELECT COUNT(*) FROM information_schema.processlist WHERE ${where}`);
  return Number(count);
}

async function until(met: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await met())) {
    if (Date.now() > end) throw new Error('it did not happen');
    await sleep(20);
  }
}

describe.skipIf(!mariadb.ok)(`mysql: faults${reasonOf(mariadb)}`, () => {
  const server = serverForAll(seedSuite);
  // A test that failed while the server was away must not take the others with it.
  afterEach(() => server().start());
  const open = (more: object = {}) => openWith(settingsFor(server(), { table: 'suite', ...more }));
  const query = (text: string, more: object = {}) => openWith(settingsFor(server(), { query: text, ...more }));

  test.each([
    ['sleeps', SLOW],
    // It looks neither at the clock nor at the client: only KILL ends it.
    ['calculates', "SELECT BENCHMARK(100000000000, SHA2('x', 512)) AS slow, :email AS email"],
    // Part of the time it has the rights of the definer, which make a KILL of ours fail.
    ['calculates in a function of another account', BORROWED],
  ])('a statement that %s past its deadline is ended on the server', async (_what, text) => {
    await server().sql(`CREATE OR REPLACE FUNCTION borrowed(n INT) RETURNS INT SQL SECURITY DEFINER NO SQL
      BEGIN DO BENCHMARK(8000, SHA2('x', 512)); RETURN n; END;`);
    const { find, source } = await query(text);
    const call = withDeadlineWithin(2_000, undefined, (signal) => find(BOB, { signal }));
    call.catch(() => {});
    await until(async () => (await sessions(server())) === 1);
    await expect(call).rejects.toThrow('no answer within 2000 ms');
    await until(async () => (await sessions(server())) === 0);
    await source.close?.();
    await until(async () => (await sessions(server())) === 0);
  });

  const HANDLES = 'DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;';
  const CALCULATES = 'WHILE turn < 1000000000000 DO SET turn = turn + 1; END WHILE;';
  // With the rights of its definer we may not end it; MariaDB does, at the limit that the session has for each statement.
  test.each([
    ['of its INVOKER, which sleeps and handles errors', 'INVOKER', `${HANDLES} SELECT SLEEP(300); SELECT SLEEP(301);`],
    ['of its INVOKER, which calculates and handles errors', 'INVOKER', HANDLES + CALCULATES],
    ['of its DEFINER, which calculates', 'DEFINER', CALCULATES],
    ['of its DEFINER, which sleeps and handles errors', 'DEFINER', `${HANDLES} SELECT SLEEP(300);`],
  ])('a procedure with the rights %s, is ended too', async (_what, security, body) => {
    const name = 'stubborn';
    await server().sql(`CREATE OR REPLACE PROCEDURE ${name}(IN email TEXT) SQL SECURITY ${security} BEGIN
        DECLARE turn BIGINT DEFAULT 0;
        ${body}
      END;`);
    const { find } = await openWith(settingsFor(server(), { procedure: name, arguments: { email: 'email' } }));
    const call = withDeadlineWithin(1_000, undefined, (signal) => find(BOB, { signal }));
    await expect(call).rejects.toThrow('no answer within 1000 ms');
    await until(async () => (await sessions(server())) === 0);
  });

  test('all connections busy: the next one waits, and says so when its time is up', async () => {
    const { find } = await query('SELECT SLEEP(IF(:email = "slow", 600, 0)) AS slept', { connections: 2 });
    const abort = new AbortController();
    const slow = [1, 2].map(() => find({ email: 'slow' }, { signal: abort.signal }).catch(() => 'ended'));
    await until(async () => (await sessions(server(), 'SELECT SLEEP%')) === 2);
    const late = await kindAndTextOf(withDeadlineWithin(300, undefined, (signal) => find(BOB, { signal })));
    expect(late).toEqual({
      kind: 'timeout',
      text: expect.stringContaining('all 2 connections to the database were busy'),
    });
    const patient = find(BOB);
    abort.abort(new Error('enough'));
    expect(await patient).toHaveLength(1);
    expect(await Promise.all(slow)).toEqual(['ended', 'ended']);
  });

  test('no more connections than the settings say', async () => {
    const { find } = await open({ connections: 3 });
    await Promise.all(Array.from({ length: 30 }, () => find(BOB)));
    expect(await sessions(server())).toBe(3);
  });

  test('connections that the server has closed are replaced without a failed lookup', async () => {
    const { find } = await open({ connections: 4 });
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 8 }, () => find(BOB)));
      await server().sql(`KILL USER '${server().user}'`);
      expect(await Promise.all(Array.from({ length: 8 }, () => find(BOB)))).toHaveLength(8);
    }
  });

  test('a restart between two lookups is not noticed', async () => {
    const { find } = await open();
    await Promise.all(Array.from({ length: 8 }, () => find(BOB)));
    await server().kill();
    await server().start();
    expect(await Promise.all(Array.from({ length: 8 }, () => find(BOB)))).toHaveLength(8);
  });

  test('a server that says good-bye in the middle of a statement is not waited for', async () => {
    const { port, goDown } = await relayOn('127.0.0.1', server());
    const { find } = await query(SLOW, { port });
    const call = find(BOB);
    call.catch(() => {});
    await until(async () => (await sessions(server(), 'SELECT SLEEP%')) === 1);
    goDown();
    expect(await kindAndTextOf(call)).toEqual({
      kind: 'unreachable',
      text: expect.stringMatching(/broke the connection off.*see (?:whether the server runs|the log of the server)/),
    });
  });

  test('killed and restarted under load: each lookup finds, or says that the server is away', async () => {
    const { find } = await open();
    const outcomes: string[] = [];
    let done = false;
    const load = Array.from({ length: 6 }, async () => {
      while (!done) {
        const outcome = find(BOB).then(
          (found) => `found ${found.length}`,
          (error) => (error instanceof Error && 'kind' in error ? String(error.kind) : String(error)),
        );
        outcomes.push(await outcome);
        await sleep(1);
      }
    });
    await until(async () => outcomes.includes('found 1'));
    await server().kill();
    await until(async () => outcomes.includes('unreachable'));
    await server().start();
    const restarted = outcomes.length;
    await until(async () => outcomes.slice(restarted + 12).includes('found 1'));
    done = true;
    await Promise.all(load);
    expect([...new Set(outcomes)].sort()).toEqual(['found 1', 'unreachable']);
    expect(outcomes.at(-1)).toBe('found 1');
  });

  test('a server that hangs is given up at the deadline', async () => {
    const { find } = await open();
    await find(BOB);
    server().pause();
    try {
      // A process that is stopped may finish what it is at.
      await until(async () => {
        const call = withDeadlineWithin(500, undefined, (signal) => find(BOB, { signal }));
        return await call.then(
          () => false,
          (error: Error) => error.message.includes('no answer within 500 ms'),
        );
      });
      const fresh = await problemOf(settingsFor(server(), { table: 'suite', connectTimeout: '200ms' }));
      expect(fresh).toEqual({ kind: 'unreachable', text: expect.stringContaining('gave no connection within 200 ms') });
    } finally {
      server().resume();
    }
    expect(await find(BOB)).toHaveLength(1);
  });

  test('a change to the table is seen without a restart', async () => {
    await server().sql('CREATE TABLE moved (email VARCHAR(50), old INT); INSERT INTO moved VALUES ("a@b.ch", 1)');
    const { find, source } = await openWith(settingsFor(server(), { table: 'moved' }));
    expect(await find({ email: 'a@b.ch' })).toEqual([{ email: 'a@b.ch', old: 1 }]);
    await server().sql('ALTER TABLE moved CHANGE old new INT');
    expect(await kindAndTextOf(find({ email: 'a@b.ch' }))).toMatchObject({ kind: 'rejected' });
    expect(await find({ email: 'a@b.ch' })).toEqual([{ email: 'a@b.ch', new: 1 }]);
    await source.close?.();
  });

  test('nothing is written, even where the account may', async () => {
    await server().sql(`CREATE TABLE log (note TEXT);
      CREATE PROCEDURE writes() BEGIN INSERT INTO log VALUES ('was here'); SELECT 1 AS one; END;
      CREATE USER writer IDENTIFIED BY 'secret'; GRANT ALL ON crm.* TO writer;`);
    const writer = { ...settingsFor(server(), { procedure: 'writes' }), user: 'writer', password: 'secret' };
    const { find } = await openWith(writer);
    const failure = await kindAndTextOf(find(BOB));
    expect(failure).toEqual({ kind: 'rejected', text: expect.stringMatching(/READ ONLY.*a source only reads/) });
    expect(await server().sql('SELECT COUNT(*) FROM log')).toEqual(['0']);
  });

  test.each<[what: string, more: object, kind: string, text: RegExp]>([
    [
      'a wrong password',
      { password: 'wr0ng' },
      'unauthorized',
      /refused the account "helpspot_ro".*see user and password/,
    ],
    ['an unknown database', { database: 'nope' }, 'unauthorized', /use the database "nope".*GRANT SELECT ON nope\.\*/],
    [
      'an unknown host',
      { host: 'no-such-host.invalid' },
      'unreachable',
      /name that (?:is not known|cannot be looked up)/,
    ],
    ['an unknown table', { table: 'siute' }, 'rejected', /no table or view "siute".*did you mean "suite"/],
    ['a table of another database', { table: 'mysql.user' }, 'rejected', /database mysql has no table or view "user"/],
    ['an unknown column', { columns: { email: 'mail' } }, 'rejected', /no column "mail".*did you mean "email"/],
    ['a port without a server', { port: 1 }, 'unreachable', /refused the connection/],
    ['an unknown authority', { tls: {} }, 'unreachable', /signed by nobody this machine knows.*tls: \{ ca/],
  ])('%s has a message of its own, without the password', async (_what, more, kind, text) => {
    const problem = await problemOf(settingsFor(server(), { table: 'suite', ...more }));
    expect(problem).toEqual({ kind, text: expect.stringMatching(text) });
    expect(problem.text).not.toContain('wr0ng');
    expect(problem.text).not.toContain(server().password);
  });

  test.each([
    ['SELECT emial FROM suite', 'rejected', /does not have the column .*emial/],
    ['SELECT * FROM siute', 'rejected', /does not have the table .*siute/],
    ['SELECT * FROM suite WHERE', 'rejected', /does not understand the query/],
    ['SELECT * FROM mysql.user', 'unauthorized', /does not let the account "helpspot_ro" read that/],
    ['SELECT email, customer_id AS email FROM suite', 'rejected', /two columns called "email"/],
  ])('the query %s has a message of its own', async (text, kind, says) => {
    const problem = await problemOf(settingsFor(server(), { query: text }));
    expect(problem).toEqual({ kind, text: expect.stringMatching(says) });
  });

  test('TLS: the certificate is checked against the name, and the session is encrypted', async () => {
    const ca = server().caFile;
    const { find } = await query(
      "SELECT VARIABLE_VALUE AS version FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_version'",
      { tls: { ca } },
    );
    expect(await find(BOB)).toEqual([{ version: expect.stringMatching(/^TLSv1\.[23]$/) }]);
    // The certificate is for 127.0.0.1, where the server listens; behind a relay of another address it is not right.
    const { port: relay } = await relayOn('127.0.0.3', server());
    const problem = await problemOf(
      settingsFor(server(), { table: 'suite', tls: { ca }, host: '127.0.0.3', port: relay }),
    );
    expect(problem).toEqual({ kind: 'unreachable', text: expect.stringContaining('a certificate for another name') });
    const lax = await openWith(
      settingsFor(server(), { table: 'suite', tls: { verify: false }, host: '127.0.0.3', port: relay }),
    );
    expect(await lax.find(BOB)).toHaveLength(1);
  });
});

test('mysql: a server that is no database is given up', async () => {
  const silent = createServer(() => {});
  const [port = 0] = await freePorts('127.0.0.1', 1);
  await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => silent.close(() => resolve())));
  const settings = {
    host: '127.0.0.1',
    port,
    user: 'u',
    password: 'p',
    database: 'd',
    table: 't',
    connectTimeout: '100ms',
  };
  expect(await problemOf(settings)).toMatchObject({ kind: 'unreachable' });
});

interface Relay {
  readonly port: number;
  /** Ends the connections to the client as a server does that goes down in order, and every new one. */
  goDown(): void;
}

/** Passes connections on; ended with the test. */
async function relayOn(host: string, to: MariaDbServer): Promise<Relay> {
  const clients = new Set<Socket>();
  let down = false;
  const relay = createServer((socket) => {
    clients.add(socket);
    if (down) socket.end();
    const there = connect(to.port, to.host);
    for (const [one, other] of [
      [socket, there],
      [there, socket],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, host, resolve));
  onTestFinished(() => new Promise((resolve) => relay.close(() => resolve())));
  const address = relay.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    goDown() {
      down = true;
      for (const socket of clients) socket.end();
    },
  };
}
