/**
 * Which commands the call's own history shows to have taken effect: a message that was added, or words that were to be
 * said, stand in a later conversation-update. A history only grows, so what is behind the point that it had reached when
 * the command was given is new; the same words further up prove nothing.
 */
import { splitWords, type CommandId, type MessageRole, type ProviderCallId } from '@sidetone/core';
import type { HistoryLine } from '../calls/conversation.ts';

/** Most commands of one call that wait for their evidence; beyond it the oldest goes. */
export const MAX_WAITING_COMMANDS = 50;
/** How long a command waits for its evidence, ms. */
export const WAIT_FOR_EVIDENCE_MS = 10 * 60_000;

interface Waiting {
  readonly commandId: CommandId;
  readonly role: MessageRole;
  readonly words: string;
  /** How long the role's history was when the command was given, characters. */
  readonly from: number | undefined;
  readonly until: number;
}

interface CallHistory {
  /** Whether the call was taken up in the middle: its first history then says nothing about what is new. */
  isAdopted: boolean;
  lengths: Partial<Record<MessageRole, number>>;
  waiting: Waiting[];
}

export interface Confirmations {
  /** Takes up a call that was going on before anybody listened here. */
  adopt(callId: ProviderCallId): void;
  /** Takes up a command that is about to be given. */
  expect(callId: ProviderCallId, commandId: CommandId, role: MessageRole, text: string, now: number): void;
  /** A command that was refused: nothing will show it. */
  drop(callId: ProviderCallId, commandId: CommandId): void;
  /** The commands that a history shows to have taken effect, each once. */
  shownBy(callId: ProviderCallId, history: readonly HistoryLine[], now: number): readonly CommandId[];
  /** The commands that words which are being spoken now show. */
  shownBySpeech(callId: ProviderCallId, text: string): readonly CommandId[];
  forget(callId: ProviderCallId): void;
}

/** A text's words, each with its own blanks, so that one text can be found in another, and counted. */
const plain = (text: string): string =>
  splitWords(text)
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

/** A memory with nothing in it. */
export function createConfirmations(): Confirmations {
  const calls = new Map<ProviderCallId, CallHistory>();

  function of(callId: ProviderCallId): CallHistory {
    const known = calls.get(callId) ?? { isAdopted: false, lengths: {}, waiting: [] };
    calls.set(callId, known);
    return known;
  }

  function take(call: CallHistory, isShown: (waiting: Waiting) => boolean): readonly CommandId[] {
    const shown = call.waiting.filter(isShown);
    call.waiting = call.waiting.filter((waiting) => !shown.includes(waiting));
    return shown.map(({ commandId }) => commandId);
  }

  return {
    adopt: (callId) => void (of(callId).isAdopted = true),
    expect(callId, commandId, role, text, now) {
      const call = of(callId);
      const from = call.isAdopted ? undefined : (call.lengths[role] ?? 0);
      const until = now + WAIT_FOR_EVIDENCE_MS;
      call.waiting = [...call.waiting, { commandId, role, words: plain(text), from, until }].slice(
        -MAX_WAITING_COMMANDS,
      );
    },
    drop(callId, commandId) {
      const call = calls.get(callId);
      if (call) call.waiting = call.waiting.filter((waiting) => waiting.commandId !== commandId);
    },
    shownBy(callId, history, now) {
      const call = of(callId);
      const texts = { SYSTEM: '', USER: '', ASSISTANT: '' };
      for (const role of ROLES) texts[role] = textOfRole(history, role);
      const used = new Map<string, number>();
      const shown = take(call, ({ role, words, from, until }) => {
        if (from === undefined || now > until) return false;
        // A history that became shorter was begun anew, by a handoff: then all of it is new.
        const added = plain(texts[role].slice(texts[role].length < from ? 0 : from));
        const before = used.get(role + words) ?? 0;
        const isShown = occurrences(added, words) > before;
        if (isShown) used.set(role + words, before + 1);
        return isShown;
      });
      if (call.isAdopted) {
        call.waiting = call.waiting.map((each) => ({ ...each, from: texts[each.role].length }));
        call.isAdopted = false;
      }
      call.waiting = call.waiting.filter(({ until }) => now <= until);
      for (const role of ROLES) call.lengths[role] = texts[role].length;
      return shown;
    },
    shownBySpeech(callId, text) {
      const call = calls.get(callId);
      if (!call || call.waiting.length === 0) return [];
      const spoken = plain(text);
      const first = call.waiting.find(({ role, words }) => role === 'ASSISTANT' && spoken.includes(words));
      return take(call, (waiting) => waiting === first);
    },
    forget: (callId) => void calls.delete(callId),
  };
}
