/** What a PHP file for pushes is made of. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

export const pushTemplate = await readFile(
  resolve(import.meta.dirname, '../../samples/push/RequestPush-NAME.php'),
  'utf8',
);

export const PUSH_FILE = {
  name: 'FogBugz',
  gateway: 'http://127.0.0.1:8787',
  key: 'abc',
  connectSeconds: 4.2,
  totalSeconds: 15,
};
