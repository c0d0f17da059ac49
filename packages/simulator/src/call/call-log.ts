import type { Conversation, SayOptions } from './conversation.ts';
import type { TranscriptEntry, ReceivedCommand, SayState } from './call-state.ts';
import type { Utterance } from '../speech/library.ts';

/** How much of each kind is remembered of one call; the oldest is forgotten first. */
export const MAX_REMEMBERED = 1_000;

/** The longest command that is kept whole. */
export const MAX_RECEIVED_CHARACTERS = 10_000;

/** What a call remembers of what was said and done to it. */
export interface CallLog {
  readonly said: readonly SayState[];
  readonly commands: readonly string[];
  readonly transcript: readonly TranscriptEntry[];
  /** What it was told, as it came. */
  readonly received: readonly ReceivedCommand[];
  /** `body` is kept when it is not too long; else its beginning is. */
  addCommand(name: string, body?: unknown): void;
  addTranscript(what: TranscriptEntry): void;
  /** Remembers a sentence that somebody heard whom no stream can hear. */
  addSpoken(text: string): void;
  /** Says something into a conversation, and remembers when it was heard. False when too much waits. */
  say(conversation: Conversation, utterance: Utterance, options?: SayOptions): boolean;
}

/** An empty one. */
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
    addTranscript: (what) => remember(transcript, what),
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
      const taken = conversation.say(utterance, {
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
      if (taken) remember(said, entry);
      return taken;
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
