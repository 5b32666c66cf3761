/**
 * A request that HelpSpot pushes: the array of the manual, chapter 2.2. PHP sends it as JSON (`pushed-json.ts`), a
 * webhook as a form (`webhook-form.ts`); both become a {@link PushedRequest}.
 */

/** A request as HelpSpot sent it. Texts are as they were typed: nothing in them is safe to be read as markup. */
export interface PushedRequest {
  /**
   * Every single value by HelpSpot's own name (`xRequest`, `sTitle`, `Custom5`), an empty one as `''`; a list is
   * joined with `, `. No prototype: a field called `__proto__` is a field and nothing else.
   */
  readonly fields: Readonly<Record<string, string>>;
  /** The request's history, oldest first. */
  readonly notes: readonly PushedNote[];
}

/** One entry of the history; HelpSpot's names in code. */
export interface PushedNote {
  /** `xRequestHistory`; empty when HelpSpot did not say. */
  readonly id: string;
  /** `xPerson`: the staff member's number; empty or `0` for the customer. */
  readonly person: string;
  /** `dtGMTChange`. */
  readonly at: Date | undefined;
  /** `fPublic`: the customer sees it. False where HelpSpot did not say. */
  readonly isPublic: boolean;
  /** `fInitial`: it is what the request began with. */
  readonly isInitial: boolean;
  /** `fNoteIsHTML`. */
  readonly isHtml: boolean;
  /** `tNote`, raw: HTML or text. Empty for an entry that only logs something. */
  readonly text: string;
  /** `tLog`: what HelpSpot itself wrote about a change. */
  readonly log: string;
  readonly files: readonly PushedFile[];
}

/** An attachment. Addresses are http or https; what is none is left out. */
export interface PushedFile {
  /** `sFilename`, without folders; `attachment` when HelpSpot did not say. */
  readonly name: string;
  /** `sFileMimeType`; empty when HelpSpot did not say. */
  readonly type: string;
  /** `xDocumentId`; empty when HelpSpot did not say. */
  readonly documentId: string;
  /** `public_url`: opens without signing in. */
  readonly publicUrl?: string;
  /** `private_url`: staff must be signed in. */
  readonly privateUrl?: string;
  /** The content, where it came along as `sBody` in base64, as in the manual's `private.document.get`. */
  readonly bytes?: Uint8Array;
}

/** What arrived is no request. `message` says what is wrong and what was expected; it holds nothing of what arrived. */
export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest';
}

/** Where a text is no JSON, for a message: only the place, since V8's own words repeat what stands there, and that is a customer's. */
export function whereIn(error: unknown): string {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? '' : ` (from character ${Number(position) + 1} on)`;
}
