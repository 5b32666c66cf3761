/** MySQL and MariaDB: a table or view, the administrator's own SELECTs, or a stored procedure; with `insert`, pushes into a table. */
import * as z from 'zod';
import { defineAdapter } from '../../src/contract/index.ts';
import {
  cannotInsert,
  cannotSearch,
  checkSqlShape,
  createSqlSource,
  insertAbility,
  insertShape,
  procedureShape,
  serverIdentity,
  serverReach,
  serverShape,
  sqlShape,
  zone,
} from '../../src/kit/sql/index.ts';
import { tlsOptions } from '../../src/kit/tls/index.ts';
import { createMySqlDriver } from './driver.ts';
import { createMySqlWriter } from './writer.ts';

const settings = z
  .strictObject({
    ...serverShape,
    port: z.number().int().min(1).max(65_535).default(3306).describe('Its port.'),
    timeZone: zone
      .optional()
      .describe(
        'The zone of the clock of the server, in which it keeps DATETIME. Left out: what the server says; ' +
          'if it only says SYSTEM, and that is not UTC, times are shown as they stand.',
      ),
    ...sqlShape,
    ...procedureShape,
    ...insertShape,
  })
  .superRefine((value, context) => checkSqlShape(value, context, 'mysql'));

export default defineAdapter({
  name: 'mysql',
  title: 'MySQL database',
  settings,
  reachedBy: serverReach,
  identifiedBy: serverIdentity,
  push: insertAbility,
  cannotPush: cannotInsert,
  cannotFind: cannotSearch,

  /** @throws {UserError} when the file of the authority cannot be read */
  async open(values, services) {
    const { host, port, user, password = '', database, connectTimeout, timeZone } = values;
    const tls = values.tls === undefined ? undefined : await tlsOptions(values.tls, services);
    const access = { host, port, user, password, database, connectTimeout, timeZone, tls };
    const writing = values.insert === undefined ? undefined : { writer: createMySqlWriter(access) };
    return createSqlSource(createMySqlDriver(access, values.connections), values, services, writing);
  },
});
