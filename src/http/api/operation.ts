/**
 * An operation of the API: its schemas check what comes in, type what goes out, and are what `/api/openapi.json` is made of.
 */
import type { Request, Response } from 'express';
import * as z from 'zod';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Failure } from '../../gateway/outcome.ts';
import type { Statistics } from '../../gateway/statistics.ts';
import type { ApiCaller, NeededRole } from './caller.ts';
import { readGiven } from './given.ts';

/** What every operation is called with. */
export interface ApiContext {
  readonly gateway: Gateway;
  readonly statistics: Statistics;
  readonly caller: ApiCaller;
  readonly req: Request;
  readonly res: Response;
  /** All of the API, for its description. */
  readonly operations: readonly Operation[];
  /** Aborts at the deadline, and when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** What came in, unread. */
export interface Given {
  readonly names: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** An answer that is no JSON. */
export class FileAnswer {
  readonly contentType: string;
  readonly name: string;
  readonly body: string;

  constructor(contentType: string, name: string, body: string) {
    this.contentType = contentType;
    this.name = name;
    this.body = body;
  }
}

/** The gateway has answered, and logged, that something failed. */
export class FailedCall extends Error {
  override readonly name = 'FailedCall';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** What the description of the API has of an operation. */
export interface OperationParts<Path, Query, Body, Answer> {
  /** `listPushes`: what a generated client calls it. */
  readonly id: string;
  readonly method: 'get' | 'post';
  /** As OpenAPI writes it: `/api/pushes/{id}`. */
  readonly path: `/api/${string}`;
  readonly summary: string;
  /** Which part of the API it is of. */
  readonly tag: string;
  readonly role: NeededRole;
  /** Whether it gives customers' values as they are; the answers of the others are without secrets, whoever repeated them. */
  readonly ofCustomers?: boolean;
  /** Whether something is changed by it: the audit has that. */
  readonly changes?: boolean;
  /** What stands in the path. */
  readonly names: Path;
  readonly query: Query;
  readonly body: Body;
  readonly answer: Answer;
  /** Another form of the answer, for who accepts it: a media type. */
  readonly file?: string;
  /** What is refused beside what all of them refuse: status → why. */
  readonly refusals?: Readonly<Record<number, string>>;
}

/** An operation as the routes use it. */
export interface Operation extends OperationParts<z.ZodObject, z.ZodObject, z.ZodType, z.ZodType> {
  /** Reads what came in, and does it. */
  perform(context: ApiContext, given: Given): Promise<unknown>;
}

interface TypedOperation<
  Path extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> extends OperationParts<Path, Query, Body, Answer> {
  perform(
    call: ApiContext & {
      readonly names: z.output<Path>;
      readonly query: z.output<Query>;
      readonly body: z.output<Body>;
    },
  ): Promise<z.output<Answer> | FileAnswer>;
}

/** Nothing in the path, or no parameter. */
export const NOTHING = z.strictObject({});
/** No body; programs that cannot send none send `{}`. */
export const NO_BODY = z.strictObject({}).optional();

/** Makes an operation that is called with what its schemas have read. */
export function operation<
  Path extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(typed: TypedOperation<Path, Query, Body, Answer>): Operation {
  return {
    ...typed,
    perform: (context, given) =>
      typed.perform({
        ...context,
        names: readGiven(typed.names, given.names, 'in the address'),
        query: readGiven(typed.query, given.query, 'parameter'),
        body: readGiven(typed.body, given.body, 'in the body'),
      }),
  };
}
