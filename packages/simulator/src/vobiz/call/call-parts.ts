import type { CallLog } from '../../call/call-log.ts';
import type { CallState } from '../../call/call-state.ts';
import type { Conversation } from '../../call/conversation.ts';
import type { Scheduler } from '../../call/scheduler.ts';
import type { WebhookSender } from '../../http/webhook-sender.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import type { Member } from '../line/conference.ts';
import type { Line } from '../line/line.ts';
import type { Player } from '../line/player.ts';
import type { Recordings } from '../line/recordings.ts';
import type { Stream } from '../stream/stream.ts';
import type { Verb } from '../verbs/answer-xml.ts';
import type { RunningVerb } from '../verbs/verb-context.ts';
import type { VobizRecord } from '../webhook/forms.ts';
import type { Webhooks } from '../webhook/webhooks.ts';
import type { VobizCallDeps } from './call-contract.ts';

/** How many notes about one call are kept. */
const MAX_NOTES = 100;

/** The state of one call. The functions of this folder read and change it. */
export interface VobizCallParts {
  readonly deps: VobizCallDeps;
  readonly record: VobizRecord;
  readonly scheduler: Scheduler;
  readonly conversation: Conversation;
  readonly callLog: CallLog;
  readonly webhookSender: WebhookSender;
  readonly webhooks: Webhooks;
  readonly line: Line;
  readonly player: Player;
  readonly recordings: Recordings;
  /** Aborted when the call is over; cancels downloads. */
  readonly closing: AbortController;
  readonly streams: Stream[];
  /** The streams that the current XML started. */
  readonly xmlStreams: Set<Stream>;
  readonly digitListeners: Set<(digit: string) => void>;
  readonly notes: string[];
  /** Resolves the promise `over`. */
  readonly settle: (state: CallState) => void;
  behaviour: VobizBehaviour;
  /** The verbs that have not started; undefined until the application has answered. */
  verbs: Verb[] | undefined;
  runningVerb: RunningVerb | undefined;
  /** Set while the person is in a room. */
  member: Member | undefined;
  /** Whether the scripted conversation has started. */
  isScriptRunning: boolean;
  /** How long everything has been silent since the script started. */
  idleMs: number;
  /** How much audio the line has carried. */
  lineMs: number;
  digitsSent: string;
  digitsPressed: string;
  isOver: boolean;
  /** Ends the subscription to the frame clock. */
  unsubscribe: () => void;
}

/** Whether the call has ended; its last webhooks may still be in flight. */
export function hasEnded({ record }: VobizCallParts): boolean {
  return record.endedAt !== undefined;
}

/** Returns the time of the current frame, epoch milliseconds. */
export function frameTime({ record, lineMs }: VobizCallParts): number {
  return record.createdAt + lineMs + record.clockOffsetMs;
}

/** Adds a note about a request that could not be carried out. */
export function addNote(notes: string[], text: string): void {
  notes.push(text);
  if (notes.length > MAX_NOTES) notes.shift();
}
