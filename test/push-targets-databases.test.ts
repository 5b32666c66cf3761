/** Request Push into the tables of databases, from PHP to the rows behind the gateway. */
import { afterAll, beforeAll, describe } from 'vitest';
import { reasonOf } from './support/packages.ts';
import { requirePhpCurl } from './support/php-push.ts';
import { borrowMariaDb, type MariaDbServer, requireMariaDb } from './support/sql/mariadb.ts';
import { borrowPostgres, type PostgresServer, requirePostgres } from './support/sql/postgres.ts';
import { MARIADB_TABLES, mariaDb, POSTGRES_TABLES, postgres, sqlite, sqlServer } from './support/targets/databases.ts';
import { describeTarget } from './support/targets/suite.ts';

const php = await requirePhpCurl();
const [mariaDbHere, postgresHere] = [await requireMariaDb(), await requirePostgres()];

describeTarget(sqlite, php);
describeTarget(sqlServer, php);

describe.skipIf(!php.ok || !mariaDbHere.ok)(`on a MariaDB server${reasonOf(mariaDbHere)}`, () => {
  let server: MariaDbServer;
  beforeAll(async () => {
    server = await borrowMariaDb({});
    await server.sql(MARIADB_TABLES);
  });
  afterAll(() => server?.stop());
  describeTarget(
    mariaDb(() => server),
    php,
  );
});

describe.skipIf(!php.ok || !postgresHere.ok)(`on a PostgreSQL server${reasonOf(postgresHere)}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await borrowPostgres({});
    await server.sql(POSTGRES_TABLES);
  });
  afterAll(() => server?.stop());
  describeTarget(
    postgres(() => server),
    php,
  );
});
