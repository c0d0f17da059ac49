/**
 * Confirms commands by the call's own history: an added message, or a text to be spoken, appears in a later conversation-update. A
 * history only grows, so only the part after its length at the time of the command is new; the same text before proves nothing.
 */
import { comparableWords, type CommandId, type MessageRole, type ProviderCallId } from '@sidetone/core';
import type { HistoryLine } from '../calls/conversation.ts';
import type { LiveCalls } from '../calls/live-calls.ts';

/** Commands of one call that wait for confirmation; beyond it the oldest is dropped. */
const MAX_PENDING_COMMANDS = 50;
/** How long a command waits for confirmation, ms. */
const CONFIRMATION_TIMEOUT_MS = 10 * 60_000;

interface PendingCommand {
  readonly commandId: CommandId;
  readonly role: MessageRole;
  /** The text as a sequence of words. */
  readonly words: string;
  /** Length of the role's history when the command was sent, characters; undefined if unknown. */
  readonly from: number | undefined;
  readonly expiresAt: number;
}

interface CallHistory {
  /** Whether the call was restored: its first history then does not show what is new. */
  isRestored: boolean;
  lengths: Partial<Record<MessageRole, number>>;
  pending: PendingCommand[];
}

export interface Confirmations {
  /** Expects the text of a command that is about to be sent. */
  expect(callId: ProviderCallId, commandId: CommandId, role: MessageRole, text: string, now: number): void;
  /** Forgets a command that was rejected. */
  drop(callId: ProviderCallId, commandId: CommandId): void;
  /** Returns the commands that a history confirms, each once. */
  confirmedByHistory(
    callId: ProviderCallId,
    history: readonly HistoryLine[],
    now: number,
  ): readonly CommandId[];
  /** Returns the command that a text confirms which is being spoken now. */
  confirmedBySpeech(callId: ProviderCallId, text: string): readonly CommandId[];
}

/** Returns the words of a text, each between spaces, so one text can be found in another and counted. */
const plain = (text: string): string =>
  comparableWords(text)
    .map((word) => ` ${word} `)
    .join('');

const occurrences = (text: string, words: string): number => text.split(words).length - 1;

function textOfRole(history: readonly HistoryLine[], role: MessageRole): string {
  return history
    .filter((line) => line.role === role)
    .map(({ text }) => text)
    .join('\n');
}

const ROLES = ['SYSTEM', 'USER', 'ASSISTANT'] as const satisfies readonly MessageRole[];

/** Removes the pending commands that match, and returns their ids. */
function takePending(
  call: CallHistory,
  isConfirmed: (command: PendingCommand) => boolean,
): readonly CommandId[] {
  const confirmed = call.pending.filter(isConfirmed);
  call.pending = call.pending.filter((command) => !confirmed.includes(command));
  return confirmed.map(({ commandId }) => commandId);
}

/** Returns the commands whose text appears in the new part of the history; equal texts must appear once for each command. */
function takeShown(
  call: CallHistory,
  texts: Readonly<Record<MessageRole, string>>,
  now: number,
): readonly CommandId[] {
  const used = new Map<string, number>();
  return takePending(call, ({ role, words, from, expiresAt }) => {
    if (from === undefined || now > expiresAt) return false;
    // A history that became shorter was restarted by a handoff: all of it is new.
    const added = plain(texts[role].slice(texts[role].length < from ? 0 : from));
    const before = used.get(role + words) ?? 0;
    const isShown = occurrences(added, words) > before;
    if (isShown) used.set(role + words, before + 1);
    return isShown;
  });
}

/** Returns a registry without commands. The commands of a call are dropped when it ends. */
export function createConfirmations(live: Pick<LiveCalls, 'subscribe'>): Confirmations {
  const calls = new Map<ProviderCallId, CallHistory>();

  function historyOf(callId: ProviderCallId): CallHistory {
    const known = calls.get(callId) ?? { isRestored: false, lengths: {}, pending: [] };
    calls.set(callId, known);
    return known;
  }

  live.subscribe({
    restored: (callId) => void (historyOf(callId).isRestored = true),
    ended: (callId) => void calls.delete(callId),
  });

  return {
    expect(callId, commandId, role, text, now) {
      const call = historyOf(callId);
      const from = call.isRestored ? undefined : (call.lengths[role] ?? 0);
      const command = { commandId, role, words: plain(text), from, expiresAt: now + CONFIRMATION_TIMEOUT_MS };
      call.pending = [...call.pending, command].slice(-MAX_PENDING_COMMANDS);
    },
    drop(callId, commandId) {
      const call = calls.get(callId);
      if (call) call.pending = call.pending.filter((command) => command.commandId !== commandId);
    },
    confirmedByHistory(callId, history, now) {
      const call = historyOf(callId);
      const texts = { SYSTEM: '', USER: '', ASSISTANT: '' };
      for (const role of ROLES) texts[role] = textOfRole(history, role);
      const confirmed = takeShown(call, texts, now);
      if (call.isRestored) {
        call.pending = call.pending.map((each) => ({ ...each, from: texts[each.role].length }));
        call.isRestored = false;
      }
      call.pending = call.pending.filter(({ expiresAt }) => now <= expiresAt);
      for (const role of ROLES) call.lengths[role] = texts[role].length;
      return confirmed;
    },
    confirmedBySpeech(callId, text) {
      const call = calls.get(callId);
      if (!call || call.pending.length === 0) return [];
      const spoken = plain(text);
      const first = call.pending.find(({ role, words }) => role === 'ASSISTANT' && spoken.includes(words));
      return takePending(call, (command) => command === first);
    },
  };
}
