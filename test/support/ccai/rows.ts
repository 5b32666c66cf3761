/** Calls and chats with every field of the vendor's model. */
import type { Row } from './records.ts';

type Parts = Readonly<Record<string, unknown>>;

const TIMES = { created_at: null, assigned_at: null, ends_at: null, updated_at: null };
const COMMON = {
  ...{ lang: 'en', status: 'finished', wait_duration: 0, queue_duration: 0, rating: null, has_feedback: false },
  ...{ out_ticket_id: null, out_ticket_url: null, verified: false, selected_menu: null, menu_path: null },
  ...{ agent_info: null, end_user: null, photos: [], videos: [], transfers: [], participants: [] },
  ...{ handle_durations: [], queue_durations: [], consumer_handle_durations: [], consumer_event_durations: [] },
  ...{ offer_type: null, offer_events: [], virtual_agent: null, virtual_agent_deflected_escalations: [] },
  virtual_agent_handle_durations: [],
};

/** A call as `GET /calls` gives it; what is not told is empty. */
export function callRow(parts: Parts & { readonly id: number }): Row {
  return {
    ...{ ...TIMES, ...COMMON, parent_id: null, call_type: 'Voice Inbound (IVR)' },
    ...{ queued_at: null, connected_at: null, scheduled_at: null, call_duration: 0, hold_duration: 0 },
    ...{ voip_provider: 'voip_provider_twilio', recording_url: null, recording_permission: 'not_asked' },
    ...{ voicemail_reason: 'not_voicemail', deflection: 'no_deflection', disconnected_by: 'disconnected_by_unknown' },
    ...{ fail_reason: 'nothing', fail_details: null, adapter_fail_code: null, adapter_fail_message: null },
    ...{ recordings: [], support_number: null, queue_priority_level: 0, answer_type: 'manual', outbound_number: null },
    ...{ dispositions: [], consumer_in_menu_durations: [], wait_time_sms: [], in_call_sms: [] },
    ...parts,
  };
}

/** A chat as `GET /chats` gives it; what is not told is empty. */
export function chatRow(parts: Parts & { readonly id: number }): Row {
  return {
    ...{ ...TIMES, ...COMMON, chat_type: 'Messaging Inbound (Web Chat)', fail_reason: null },
    ...{ first_msg_sent_at: null, last_msg_sent_at: null, chat_duration: 0 },
    ...{ message_count: 0, average_response_time: 0, longest_response_time: 0 },
    ...parts,
  };
}

/** As calls and chats have the menu that was chosen, and the way to it. */
export function menuParts(menu: Row, path: string): Parts {
  const { agent_assignments: _, team_assignments: __, ...selected_menu } = menu;
  const menu_path = { items_count: path.split('/').length, name: menu['name'], materialized_path: path };
  return { selected_menu, menu_path };
}

/** As calls, chats and teams have an agent. */
export function agentParts(agent: Row): Parts {
  const { id, first_name, last_name, agent_number, avatar_url } = agent;
  return { id, name: `${first_name} ${last_name}`, last_name, first_name, agent_number, avatar_url };
}
