import type { ToneTrack } from '../../audio/tone-track.ts';
import type { CallLog } from '../../call/call-log.ts';
import type { CallState } from '../../call/call-state.ts';
import type { Conversation } from '../../call/conversation.ts';
import type { Scheduler } from '../../call/scheduler.ts';
import type { WebhookSender } from '../../http/webhook-sender.ts';
import type { SpeechLibrary } from '../../speech/library.ts';
import type { Listeners } from '../listen/listeners.ts';
import type { TransportLeg } from '../transport/leg.ts';
import type { MessageSender } from '../webhook/message-sender.ts';
import type { ServerRequests } from '../webhook/server-requests.ts';
import type { VapiRecord } from './call-object.ts';

/** The state of one call. The functions of this folder read and change it. */
export interface VapiCallParts {
  readonly record: VapiRecord;
  readonly speech: SpeechLibrary;
  readonly scheduler: Scheduler;
  readonly conversation: Conversation;
  readonly callLog: CallLog;
  readonly webhookSender: WebhookSender;
  readonly messageSender: MessageSender;
  readonly requests: ServerRequests;
  readonly listeners: Listeners;
  /** Tones that only listeners receive. */
  readonly tones: Readonly<Record<'inbound' | 'outbound', ToneTrack>>;
  /** Resolves the promise `over`. */
  readonly settle: (state: CallState) => void;
  /** Set for a call over the transport socket. */
  leg: TransportLeg | undefined;
  /** Ends the subscription to the frame clock. */
  unsubscribe: () => void;
  /** The duration of the conversation so far. */
  elapsedMs: number;
  /** How long both parties have had nothing left to say. */
  idleMs: number;
  isOver: boolean;
}

/** Whether the call is in progress. */
export function isActive({ record }: VapiCallParts): boolean {
  return record.endedAt === undefined && (record.status === 'in-progress' || record.status === 'forwarding');
}
