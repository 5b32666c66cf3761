/** What a request has by number, and by name beside it: `{{category}}` of `xCategory`. Templates name both. */
export const NAMED_IDS = {
  category: 'xCategory',
  status: 'xStatus',
  assigned_to: 'xPersonAssignedTo',
  opened_by: 'xPersonOpenedBy',
  last_reply_by: 'iLastReplyBy',
} as const;

/** A name that stands for a number of HelpSpot. */
export type RequestName = keyof typeof NAMED_IDS;

/** Whether a place of a template is one of {@link NAMED_IDS}. */
export function isRequestName(place: string): place is RequestName {
  return Object.hasOwn(NAMED_IDS, place);
}
