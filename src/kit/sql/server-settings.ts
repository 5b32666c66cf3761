/** The settings of a database server: where it is, who we are, TLS, the pool. */

import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import { tlsSettings } from '../tls/index.ts';

/** A time with its unit, from 10ms to 1m, put out as milliseconds. */
const shortTime = duration('10ms', '1m', '2s');

/** What every database server has. */
export const serverShape = {
  host: z.string().min(1).describe('Name or address of the server.'),
  user: z
    .string()
    .min(1)
    .describe('The account of the gateway. It needs SELECT only, and INSERT on the table that "insert" names.'),
  password: z.string().optional().describe('Its password: "${NAME}" takes it from the environment.'),
  database: z.string().min(1).describe('The database on the server.'),
  tls: tlsSettings
    .optional()
    .describe('Encrypts the connection and checks the certificate. tls: {} uses the defaults.'),
  connections: z.number().int().min(1).max(100).default(8).describe('At most so many connections at once.'),
  connectTimeout: shortTime.default(2_000).describe('The server must accept a connection within this time.'),
};
