/** Express middleware in code that waits. */
import type { Request, RequestHandler, Response } from 'express';

/** Ends when the middleware lets the call pass; throws what it hands on as an error. */
export function passing(middleware: RequestHandler, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    middleware(req, res, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}
