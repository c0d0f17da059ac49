/** Events of calls that a ledger can store. */
import {
  evolve,
  providerCallId,
  providerId,
  type Call,
  type CallDetails,
  type CallFact,
  type CallId,
  type Command,
  type CommandId,
} from '@sidetone/core';
import fc from 'fast-check';
import type { Draft } from '../../../src/calls/ports.ts';
import type { TestStore } from './engine.ts';

export const PROVIDER = providerId('test');
export const callIdOf = (name: string): CallId => `call_${name}` as CallId;

/** Makes drafts, and keeps the calls after them. */
export class DraftMaker {
  readonly calls = new Map<CallId, Call>();

  start(name: string, details: CallDetails = {}, at = 1000): Draft {
    const started = {
      providerId: PROVIDER,
      providerCallId: providerCallId(name),
      status: 'RINGING',
    } as const;
    return this.next(name, { type: 'CALL_STARTED', ...started, details }, at);
  }

  next(name: string, fact: CallFact, at = 2000, dedupeKey?: string): Draft {
    const callId = callIdOf(name);
    const call = evolve(this.calls.get(callId), callId, fact, at);
    this.calls.set(callId, call);
    return { callId, at, fact, call, ...(dedupeKey !== undefined && { dedupeKey }) };
  }

  /** An utterance of the customer. */
  line(name: string, number: number, text = `words ${number}`): Draft {
    const utterance = {
      id: `utt_${name}_${number}` as never,
      party: 'CUSTOMER',
      text,
      startMs: number,
    } as const;
    return this.next(name, { type: 'UTTERANCE_FINALIZED', utterance }, 2000 + number);
  }
}

/** Returns drafts that store a call as it is, with its numbers and tags. */
function draftsOfCall(call: Call): readonly Draft[] {
  const {
    id: callId,
    createdAt: at,
    providerId: provider,
    providerCallId: name,
    status,
    from,
    to,
    tags,
  } = call;
  const details = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const started = { providerId: provider, providerCallId: name, status, details } as const;
  return [
    { callId, at, fact: { type: 'CALL_STARTED', ...started }, call },
    ...(tags.length > 0
      ? [{ callId, at, fact: { type: 'CALL_ANNOTATED', by: 'ada', tagsAdded: tags }, call } as const]
      : []),
  ];
}

/** Stores calls as they are, and replaces those with the same id. */
export const putCalls = ({ ledger }: Pick<TestStore, 'ledger'>, calls: readonly Call[]) =>
  ledger.commit(calls.flatMap(draftsOfCall));

export const aCommand = (id: string, fields: Partial<Command> = {}): Command => ({
  id: id as CommandId,
  kind: 'SAY',
  arguments: { content: 'hello', mode: 'x' },
  status: 'REQUESTED',
  requestedBy: 'ada',
  requestedAt: 5,
  ...fields,
});

interface Choice {
  readonly name: string;
  readonly kind: number;
  readonly at: number;
  readonly number: number;
  readonly text: string;
}

const anyChoice: fc.Arbitrary<Choice> = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  kind: fc.nat(16),
  at: fc.oneof(
    fc.integer({ min: 0, max: 10_000 }),
    // Around the end of a month.
    fc.integer({ min: -2000, max: 2000 }).map((offset) => Date.UTC(2024, 1, 1) + offset),
  ),
  number: fc.nat(3),
  text: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter((text) => !text.includes('\0')),
    fc.constantFrom('+91 80 5555 1234', '1001', 'back\\slash \\u0000', '日本語'),
  ),
});

/** A sequence of events of three calls. Changes of rows that do not exist are possible too, as in old logs. */
export const anyDrafts: fc.Arbitrary<readonly Draft[]> = fc
  .array(anyChoice, { minLength: 1, maxLength: 40 })
  .map((choices) => {
    const maker = new DraftMaker();
    return choices.flatMap((choice, i) => draftsOf(maker, choice, i));
  });

function draftsOf(maker: DraftMaker, choice: Choice, i: number): readonly Draft[] {
  const { name, at } = choice;
  const isNew = !maker.calls.has(callIdOf(name));
  const start = isNew ? [maker.start(name, { from: choice.text, createdAt: at }, at)] : [];
  return [...start, maker.next(name, factOf(choice, i), at, i % 3 === 0 ? `key ${i}` : undefined)];
}

function factOf({ name, kind, at, number, text }: Choice, i: number): CallFact {
  const by = 'ada';
  const utterance = { id: `utt_${i}` as never, party: 'CUSTOMER', text } as const;
  const streamId = `str_${name}_${i - (i % 4)}` as never;
  const listenerId = `lsn_${name}_${i - (i % 4)}` as never;
  const facts: readonly CallFact[] = [
    { type: 'CALL_UPDATED', details: { to: text, assistant: { name: text }, direction: 'INBOUND' } },
    { type: 'CALL_STATUS_CHANGED', status: 'IN_PROGRESS' },
    { type: 'CALL_ENDED', end: { category: 'BUSY', code: text } },
    {
      type: 'CALL_REPORTED',
      summary: text,
      cost: { amount: number / 3, currency: 'USD' },
      providerData: { [text]: [null] },
    },
    {
      type: 'UTTERANCE_FINALIZED',
      utterance: { ...utterance, confidence: 0.5, endMs: number },
      ...(number > 1 && { by }),
    },
    {
      type: 'UTTERANCE_REVISED',
      utterance: { ...utterance, id: `utt_${Math.max(i - number, 0)}` as never, startMs: 2.5 },
    },
    // One stream of each call in four events, so some are ended that do not exist.
    ...(i % 4 === 0
      ? [
          {
            type: 'STREAM_STARTED',
            stream: { id: streamId, encoding: 'mulaw', sampleRate: 8000, parties: ['CUSTOMER'] },
          } as const,
        ]
      : [
          {
            type: 'STREAM_STOPPED',
            streamId,
            reason: text,
            counters: { frames: i, bytes: 160 * i, missingFrames: 0 },
          } as const,
        ]),
    { type: 'RECORDING_STARTED', startedAt: at, channels: 2, sampleRate: 16_000 },
    { type: 'RECORDING_STOPPED', end: 'COMPLETE', durationMs: i, bytes: 64 * i },
    ...(i % 4 === 0
      ? [{ type: 'LISTENING_STARTED', listenerId, by } as const]
      : [{ type: 'LISTENING_STOPPED', listenerId, since: at, by } as const]),
    { type: 'CALL_ANNOTATED', by, tagsAdded: [`tag ${number}`], tagsRemoved: [`tag ${number + 1}`] },
    { type: 'CALL_ANNOTATED', by, note: { id: `note_${i}` as never, text, author: by, offsetMs: i } },
    { type: 'COMMAND_CHANGED', by, command: aCommand(`cmd_${number}`, { status: 'ACCEPTED', settledAt: i }) },
    { type: 'CALL_HOLD_CHANGED', by, held: number > 1, reason: text },
    { type: 'SPEECH_STARTED', party: 'CUSTOMER' },
    { type: 'CALL_STATUS_CHANGED', status: 'FORWARDING' },
    { type: 'CAPTURE_CHANGED', by, parts: number > 1 ? ['RECORDING'] : [] },
  ];
  return facts[kind]!;
}
