import fc from 'fast-check';
import {
  COMMAND_KINDS,
  COMMAND_STATUSES,
  NEXT_COMMAND_STATUSES,
  type CallFact,
  type Command,
  type CommandId,
  type CommandKind,
  type CommandStatus,
  type Utterance,
  type UtteranceId,
} from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { isOpen, step, type CommandEvent } from '../../src/commands/command-step.ts';
import { failureOf } from '../../src/commands/failures.ts';

const failure = failureOf('PROVIDER_REFUSED', 'no');

function command(kind: CommandKind = 'SAY', status: CommandStatus = 'REQUESTED'): Command {
  return {
    id: 'cmd_1' as CommandId,
    kind,
    arguments: { content: 'your appointment is on Monday at nine' },
    status,
    requestedBy: 'ada',
    requestedAt: 1000,
    ...(status === 'UNKNOWN' && { failure: failureOf('PROVIDER_TIMEOUT', 'no answer') }),
  };
}

const callEvent = (fact: CallFact): CommandEvent => ({ type: 'CALL_EVENT', at: 2000, fact });
const spoken = (text: string, party: Utterance['party'] = 'ASSISTANT'): CommandEvent =>
  callEvent({ type: 'UTTERANCE_FINALIZED', utterance: { id: 'utt_1' as UtteranceId, party, text } });

describe('step', () => {
  test('settles a requested command with the answer of its provider', () => {
    expect(step(command(), { type: 'ACCEPTED', at: 2000 })).toEqual({
      ...command(),
      status: 'ACCEPTED',
      settledAt: 2000,
    });
    for (const type of ['REFUSED', 'UNKNOWN'] as const) {
      const settled = step(command(), { type, failure, at: 2000 });
      expect(settled).toEqual({ ...command(), status: type, failure, settledAt: 2000 });
    }
  });

  test('confirms a command whose outcome was unknown, and removes the failure', () => {
    const confirmed = step(command('SAY', 'UNKNOWN'), { type: 'CONFIRMED', at: 2000 });
    expect(confirmed).toEqual({ ...command(), status: 'CONFIRMED', settledAt: 2000 });
  });

  test('never settles a command before it was requested', () => {
    expect(step(command(), { type: 'CONFIRMED', at: 1 }).settledAt).toBe(1000);
  });

  const events: fc.Arbitrary<CommandEvent> = fc.constantFrom<CommandEvent>(
    { type: 'ACCEPTED', at: 2000 },
    { type: 'REFUSED', failure, at: 2000 },
    { type: 'UNKNOWN', failure, at: 2000 },
    { type: 'CONFIRMED', at: 2000 },
    spoken('your appointment is on Monday at nine'),
    callEvent({ type: 'CALL_ENDED', end: { category: 'FORWARDED' } }),
    callEvent({ type: 'CALL_STATUS_CHANGED', status: 'RINGING' }),
  );
  const commands = fc
    .tuple(fc.constantFrom(...COMMAND_KINDS), fc.constantFrom(...COMMAND_STATUSES))
    .map(([kind, status]) => command(kind, status));

  test('makes only the steps that NEXT_COMMAND_STATUSES allows, and returns the same object otherwise', () => {
    fc.assert(
      fc.property(commands, events, (before, event) => {
        const after = step(before, event);
        if (after === before) return;
        expect(NEXT_COMMAND_STATUSES[before.status]).toContain(after.status);
        expect(isOpen(before)).toBe(true);
      }),
    );
  });
});

describe('an event confirms', () => {
  const isConfirmedBy = (kind: CommandKind, event: CommandEvent): boolean =>
    step(command(kind, 'ACCEPTED'), event).status === 'CONFIRMED';

  test.each([
    ['all of it', 'Your appointment is on Monday, at nine.'],
    ['most of it, with recognition errors', 'your apartment is on Monday at wine'],
    ['a part of it', 'on Monday at nine'],
  ])('SAY if the assistant said %s', (_what, text) => {
    expect(isConfirmedBy('SAY', spoken(text))).toBe(true);
  });

  test.each([
    ['another sentence', spoken('how can I help you today')],
    ['two words of it', spoken('Monday nine')],
    ['nothing', spoken('')],
    ['the same, but by the customer', spoken('your appointment is on Monday at nine', 'CUSTOMER')],
  ])('not SAY if the transcript is %s', (_what, event) => {
    expect(isConfirmedBy('SAY', event)).toBe(false);
  });

  test.each<[CommandKind, CallFact]>([
    ['END_CALL', { type: 'CALL_ENDED', end: { category: 'OPERATOR_ENDED' } }],
    ['TRANSFER', { type: 'TRANSFER_STARTED' }],
    ['TRANSFER', { type: 'CALL_STATUS_CHANGED', status: 'FORWARDING' }],
    ['TRANSFER', { type: 'CALL_ENDED', end: { category: 'FORWARDED' } }],
    ['HANDOFF', { type: 'ASSISTANT_CHANGED', assistant: { name: 'Billing' } }],
    ['SAY_FIRST_MESSAGE', { type: 'SPEECH_STARTED', party: 'ASSISTANT' }],
    ['PLACE_CALL', { type: 'CALL_STATUS_CHANGED', status: 'RINGING' }],
    ['PLACE_CALL', { type: 'CALL_STATUS_CHANGED', status: 'IN_PROGRESS' }],
  ])('%s by %j', (kind, fact) => {
    expect(isConfirmedBy(kind, callEvent(fact))).toBe(true);
  });

  test.each<[CommandKind, CallFact]>([
    ['TRANSFER', { type: 'CALL_ENDED', end: { category: 'BUSY' } }],
    ['SAY_FIRST_MESSAGE', { type: 'SPEECH_STARTED', party: 'CUSTOMER' }],
    ['PLACE_CALL', { type: 'CALL_STATUS_CHANGED', status: 'QUEUED' }],
    ['MUTE', { type: 'SPEECH_STOPPED', party: 'CUSTOMER' }],
  ])('not %s by %j', (kind, fact) => {
    expect(isConfirmedBy(kind, callEvent(fact))).toBe(false);
  });
});
