/** PostgreSQL servers: a table or view, or the administrator's own SELECTs, in sessions that only read. */
import * as z from 'zod';
import { defineAdapter } from '../src/gateway/adapter.ts';
import { serverShape, tlsOptions } from '../src/upstream/sql/server-settings.ts';
import { checkSqlShape, createSqlSource, sqlShape } from '../src/upstream/sql/source.ts';

const settings = z
  .strictObject({
    ...serverShape,
    port: z.number().int().min(1).max(65_535).default(5432).describe('The port of the server.'),
    ...sqlShape,
  })
  .superRefine((value, context) => checkSqlShape(value, context, 'postgres'));

export default defineAdapter({
  name: 'postgres',
  title: 'PostgreSQL database',
  settings,
  async open(values, services) {
    const tls = values.tls === undefined ? undefined : await tlsOptions(values.tls, services);
    const { PostgresDriver } = await import('./postgres/driver.ts');
    return createSqlSource(new PostgresDriver(values, tls, services.log), values, services);
  },
});
