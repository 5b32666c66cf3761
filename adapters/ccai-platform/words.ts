/** What codes of CCAI Platform mean, in words for staff: the tables of the vendor's document. */

/** `adapter_fail_code` and its message. */
const ADAPTER_CODES: Readonly<Record<string, string>> = {
  10001: 'This call encountered an unexpected error.',
  11001: 'This call expired while waiting in queue.',
  20001: 'This call was cancelled by the customer.',
  20002: 'This call was rejected by the customer.',
  20003: 'This call was abandoned by the customer.',
  20004: 'This call was abandoned by the customer during menu selection.',
  21001: "The call could not be connected; the customer's line is busy.",
  21002: 'The dialed phone number is invalid.',
  21003: 'This call was not answered by the customer.',
  22001: 'The push notification to start this call failed to send.',
  30001: 'This call was cancelled.',
  30002: 'This expired call was not attended.',
  31001: 'Unable to detect microphone. Please check your device settings and try again.',
  31002: 'Unable to access microphone. Please check your device permissions and try again.',
  32001: 'The selected outbound number is invalid.',
  32002: 'Unable to connect call to the dialled phone number.',
  41001: 'An unexpected error occurred with the call connection.',
  42001: 'An unexpected error occurred with the call connection.',
  43001: 'This call has encountered an unexpected error.',
  44001: 'This call has encountered an unexpected error.',
  44002: 'This call is terminated because the connection timed out.',
  44003: 'This call has encountered an unexpected error.',
  90001: 'This call is terminated because no audio was detected.',
  90002: 'Unable to start the audio device. Please check your audio device permissions and try again.',
};

/** `call_fail_reason[]` and `chat_fail_reason[]`. */
const FAIL_REASONS: Readonly<Record<string, string>> = {
  unknown: 'failed for an unknown reason',
  expired: 'expired while waiting',
  no_response: 'nobody responded',
  eu_canceled: 'cancelled by the customer',
  eu_rejected: 'rejected by the customer',
  eu_abandoned: 'abandoned by the customer',
  eu_in_menu_abandoned: 'abandoned by the customer in the menu',
  eu_busy: "the customer's line was busy",
  eu_wrong_number: 'the number was wrong',
  eu_no_answer: 'not answered by the customer',
  eu_noti_failed: 'the notification to the customer could not be sent',
  ag_canceled: 'cancelled by the agent',
  ag_ignored: 'not attended by an agent',
  ag_mic_no_device: 'the agent had no microphone',
  ag_mic_denied: "the agent's microphone was blocked",
  voip_twilio_error: 'error of the telephone provider (Twilio)',
  voip_tokbox_error: 'error of the telephone provider (TokBox)',
  voip_invalid_token: 'error of the telephone connection (invalid token)',
  voip_conn_general: 'error of the telephone connection',
  voip_conn_timeout: 'the telephone connection timed out',
  voip_conn_signal: 'error of the telephone connection (signalling)',
};

/** `service_level_event`. */
const SERVICE_LEVEL_EVENTS: Readonly<Record<string, string>> = {
  in_sla: 'answered within the service level',
  not_in_sla: 'not answered within the service level',
  excluded: 'does not count for the service level',
};

/** `activity` of agent activity logs. */
const ACTIVITIES: Readonly<Record<string, string>> = {
  login: 'signed in',
  logout: 'signed out',
  user_status_changed: 'changed status',
  chat_picked_up: 'picked up a chat',
  chat_pick_up_attempt: 'tried to pick up a chat',
  chat_notification_offered: 'was offered a chat',
  call_notification_offered: 'was offered a call',
  call_pick_up_attempt: 'tried to pick up a call',
  call_picked_up: 'picked up a call',
  call_outbound_dialing: 'dialled a number',
};

/** What stands before these. */
const CASTS = /^(?:delta|multi)cast_/;

/** Words for `fail_reason`; undefined for `nothing`. Of one that is not documented, the word itself. */
export function failReasonWords(reason: string | undefined): string | undefined {
  if (reason === undefined || reason === 'nothing') return undefined;
  return own(FAIL_REASONS, reason) ?? reason.replaceAll('_', ' ');
}

/** Words for `adapter_fail_code`. @param message of the answer, for a code that is not documented */
export function adapterWords(code: string | undefined, message: string | undefined): string | undefined {
  return (code === undefined ? undefined : own(ADAPTER_CODES, code)) ?? message;
}

/** Words for `service_level_event`. */
export function serviceLevelWords(event: string | undefined): string | undefined {
  return event === undefined ? undefined : (own(SERVICE_LEVEL_EVENTS, event) ?? event.replaceAll('_', ' '));
}

/** Words for an activity. */
export function activityWords(activity: string): string {
  const plain = activity.replace(CASTS, '');
  return own(ACTIVITIES, activity) ?? own(ACTIVITIES, plain) ?? plain.replaceAll('_', ' ');
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
