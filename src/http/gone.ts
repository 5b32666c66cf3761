/** Knowing when a caller has hung up. */
import type { ServerResponse } from 'node:http';

/** A controller that aborts when the connection ends before the answer is written: nobody waits for the lookup any more. */
export function goneController(res: ServerResponse): AbortController {
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort(new Error('the caller has hung up'));
  });
  return controller;
}
