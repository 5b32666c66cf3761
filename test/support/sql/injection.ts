/** Values that are SQL to somebody who splices: the suite's, and those that aim at the four systems. */
import { injectionCorpus } from '../adapter-suite/seed.ts';

/** None of them may mean anything but itself. */
export const sqlInjections: readonly string[] = [
  ...injectionCorpus,
  `'; DELETE FROM customers; --`,
  `'; DELETE FROM customers; #`,
  `' OR id > 0 /*`,
  `*/ OR 1=1 /*`,
  `'||(SELECT version())||'`,
  `' AND 1=CAST((SELECT current_user) AS int) --`,
  `'; WAITFOR DELAY '0:0:30' --`,
  `' OR SLEEP(30) -- `,
  `'||pg_sleep(30)||'`,
  `\\'; DROP TABLE customers; -- `,
  `\\\\' OR 1=1 -- `,
  // In GBK and Shift-JIS the first byte swallows the backslash of an escape.
  `\u00bf' OR 1=1 -- `,
  `\u8c5d' OR 1=1 -- `,
  // Quotes that a conversion to another character set turns into ASCII ones.
  'ʼ OR ʼ1ʼ=ʼ1',
  '＇ OR 1=1 --',
  `$$; DROP TABLE customers; $$`,
  `$1`,
  `@p1`,
  `:p0`,
  `{fn user()}`,
  `]; DROP TABLE customers; --`,
  '`; DROP TABLE customers; --',
  `"; DROP TABLE customers; --`,
  `1; EXEC xp_cmdshell 'id'`,
  `' INTO OUTFILE '/tmp/x' -- `,
  `'; COPY customers TO PROGRAM 'id'; --`,
  '%%%',
  '___',
  '[a-z]%',
  '!%',
  '!',
  '0x27204f5220313d31',
  '\u0000',
];
