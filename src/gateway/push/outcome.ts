/** What comes back from Request Push: results that know no transport. */
import type { PushAbility } from '../../contract/index.ts';
import type { DetailsView } from '../../helpspot/details-html.ts';
import type { OrFailure } from '../outcome.ts';
import type { FilledPush } from './filling.ts';
import type { PushState } from './push-row.ts';

/** Longer ids of pushes are nobody's: HelpSpot keeps 255 characters, and a system's own may be longer. */
export const LONGEST_PUSH_ID = 1_000;

/**
 * The result of one push. `id` is what HelpSpot keeps: the other system's id,
 * or one of ours (`q-…`) while it is not out yet. At most 255 characters.
 */
export type PushOutcome = { readonly reference: string } & OrFailure<PushStanding>;

/** A push as programs are told of it. */
export interface PushStanding {
  readonly id: string;
  readonly state: PushState;
  /** The page of the thing in the other system, where it is known. */
  readonly link?: string | undefined;
}

/** How a push stands, for programs; `reason`: why it is not done, as staff would read it. */
export type StandingOutcome = { readonly reference: string } & OrFailure<
  PushStanding & { readonly reason?: string | undefined }
>;

/** How a pushed thing stands, for `helpspot/details-html.ts`. */
export type DetailsOutcome = { readonly reference: string } & OrFailure<{ readonly view: DetailsView }>;

/** A webhook that was taken: every push of it is stored. `accepted` counts them, those that came before included. */
export type WebhookOutcome = { readonly reference: string } & OrFailure<{ readonly accepted: number }>;

/** What a push would be. */
export interface PushPreview extends FilledPush {
  readonly format: PushAbility['format'];
  /** What the source would make of it, where its settings have templates of their own; undefined: what is above, as its adapter sends it. */
  readonly sent?:
    | { readonly text: string; readonly problem?: undefined }
    | { readonly problem: string; readonly text?: undefined }
    | undefined;
}

/** A push that is not sent, filled in; or why it cannot be. */
export type PreviewOutcome = { readonly reference: string } & OrFailure<{ readonly preview: PushPreview }>;
