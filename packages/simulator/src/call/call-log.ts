import type { SayOptions } from './conversation-state.ts';
import type { Conversation } from './conversation.ts';
import type { TranscriptEntry, ReceivedCommand, SayState } from './call-state.ts';
import type { Utterance } from '../speech/library.ts';

/** How many entries of each kind are kept for one call; the oldest is dropped first. */
const MAX_REMEMBERED = 1_000;

/** A longer command is cut off at this length. */
const MAX_RECEIVED_CHARACTERS = 10_000;

/** Records the commands and the speech of one call. */
export interface CallLog {
  readonly said: readonly SayState[];
  readonly commands: readonly string[];
  readonly transcript: readonly TranscriptEntry[];
  /** The commands as received. */
  readonly received: readonly ReceivedCommand[];
  /** Adds a command; a long `body` is cut off. */
  addCommand(name: string, body?: unknown): void;
  addTranscript(entry: TranscriptEntry): void;
  /** Adds a sentence that was spoken to the other leg, which no stream carries. */
  addSpoken(text: string): void;
  /** Queues a sentence in a conversation and records when it is spoken. Returns false when too many are queued. */
  say(conversation: Conversation, utterance: Utterance, options?: SayOptions): boolean;
}

/** Creates an empty log. */
export function createCallLog(now: () => number = Date.now): CallLog {
  const said: { text: string; at: number; startedAt: number | null; spokenAt: number | null }[] = [];
  const commands: string[] = [];
  const transcript: TranscriptEntry[] = [];
  const received: ReceivedCommand[] = [];
  return {
    received,
    said,
    commands,
    transcript,
    addCommand(name, body) {
      remember(commands, name);
      if (body !== undefined) remember(received, { at: now(), body: shortened(body) });
    },
    addTranscript: (entry) => remember(transcript, entry),
    addSpoken(text) {
      const at = now();
      remember(said, { text, at, startedAt: at, spokenAt: at });
    },
    say(conversation, utterance, { onStarted, onSpoken, ...options } = {}) {
      const entry: (typeof said)[number] = {
        text: utterance.text,
        at: now(),
        startedAt: null,
        spokenAt: null,
      };
      const accepted = conversation.say(utterance, {
        ...options,
        onStarted: () => {
          entry.startedAt = now();
          onStarted?.();
        },
        onSpoken: () => {
          entry.spokenAt = now();
          onSpoken?.();
        },
      });
      if (accepted) remember(said, entry);
      return accepted;
    },
  };
}

function remember<Item>(list: Item[], item: Item): void {
  list.push(item);
  if (list.length > MAX_REMEMBERED) list.shift();
}

function shortened(body: unknown): unknown {
  const text = JSON.stringify(body) ?? '';
  return text.length > MAX_RECEIVED_CHARACTERS ? text.slice(0, MAX_RECEIVED_CHARACTERS) : body;
}
