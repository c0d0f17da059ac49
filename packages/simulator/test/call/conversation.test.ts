import { describe, expect, it } from 'vitest';
import { createConversation, MAX_QUEUED_SAYS } from '../../src/call/conversation.ts';
import type { Conversation, ConversationFrame } from '../../src/call/conversation.ts';
import { scriptEvents } from '../../src/call/timeline.ts';
import { loadSpeech } from '../../src/speech/library.ts';
import type { Turn } from '../../src/speech/library.ts';
import { rms, sine } from '../support/signal.ts';

const turn = (speaker: Turn['speaker'], text: string, cutsIn = false): Turn => ({
  speaker,
  text,
  samples: sine(440, 16_000),
  cutsIn,
});

/** Runs for a while, or until the conversation is idle. */
function run(conversation: Conversation, ms = 60_000): ConversationFrame[] {
  const frames: ConversationFrame[] = [];
  while (frames.length * 20 < ms && !(conversation.idle && frames.length > 0))
    frames.push(conversation.next());
  return frames;
}

const describeEvents = (frames: ConversationFrame[]): string[] =>
  frames.flatMap(({ atMs, events }) =>
    events
      .filter(({ event }) => event.kind !== 'transcript.partial')
      .map(
        ({ event }) =>
          `${atMs} ${event.kind} ${'text' in event ? event.text : 'speaker' in event ? event.speaker : ''}`,
      ),
  );

const finals = (frames: ConversationFrame[]): string[] =>
  frames.flatMap(({ events }) =>
    events.flatMap(({ event }) => (event.kind === 'transcript.final' ? [event.text] : [])),
  );

describe('a conversation', () => {
  it.each(loadSpeech().scripts.map((script) => [script.name, script] as const))(
    'follows the script %s exactly',
    (_, script) => {
      const conversation = createConversation();
      conversation.play(script.turns);
      const events = run(conversation).flatMap((frame) => frame.events);
      const order = (list: readonly { atMs: number }[]): string[] =>
        list.map((event) => JSON.stringify(event)).toSorted();
      expect(order(events)).toEqual(order(scriptEvents(script.turns)));
    },
  );

  it('pauses before the first turn after a silence', () => {
    const conversation = createConversation();
    for (let count = 0; count < 50; count += 1) conversation.next();
    conversation.play([turn('customer', 'hello')]);
    expect(describeEvents(run(conversation))[0]).toBe('1500 speech.started customer');
  });

  it('plays each party on its own track, and only while it speaks', () => {
    const conversation = createConversation();
    conversation.play([turn('assistant', 'hello'), turn('customer', 'hi')]);
    for (const { atMs, customer, assistant } of run(conversation)) {
      expect(rms(assistant) > 0).toBe(atMs >= 500 && atMs < 1_500);
      expect(rms(customer) > 0).toBe(atMs >= 2_000 && atMs < 3_000);
    }
  });

  it('queues a sentence after the current utterance and before the next turn', () => {
    const conversation = createConversation();
    conversation.play([turn('customer', 'one'), turn('customer', 'three')]);
    const before = run(conversation, 600);
    conversation.say(turn('assistant', 'two'));
    expect(finals([...before, ...run(conversation)])).toEqual(['one', 'two', 'three']);
  });

  it('cuts off the assistant for a sentence with interrupt', () => {
    const conversation = createConversation();
    conversation.play([turn('assistant', 'it goes up and up')]);
    run(conversation, 1_000);
    conversation.say(turn('assistant', 'stop'), { interrupt: true });
    expect(describeEvents(run(conversation))).toEqual([
      '1000 speech.stopped assistant',
      '1100 transcript.final it goes',
      '1200 speech.started assistant',
      '2200 speech.stopped assistant',
      '2300 transcript.final stop',
    ]);
  });

  it('lets the customer finish before a sentence with interrupt', () => {
    const conversation = createConversation();
    conversation.play([turn('customer', 'please let me finish')]);
    const before = run(conversation, 1_000);
    conversation.say(turn('assistant', 'stop'), { interrupt: true });
    expect(finals([...before, ...run(conversation)])).toEqual(['please let me finish', 'stop']);
  });

  it('calls onStarted and onSpoken once, also for a sentence that is cut off', () => {
    const conversation = createConversation();
    const events: string[] = [];
    const say = (text: string, interrupt: boolean): boolean =>
      conversation.say(turn('assistant', text), {
        interrupt,
        onStarted: () => events.push(`${text} started`),
        onSpoken: () => events.push(`${text} spoken`),
      });
    say('first', false);
    run(conversation, 600);
    say('second', true);
    run(conversation);
    expect(events).toEqual(['first started', 'first spoken', 'second started', 'second spoken']);
  });

  it('plays silence for a muted party and does not transcribe it, in the same time', () => {
    const conversation = createConversation();
    conversation.play([turn('assistant', 'one two'), turn('assistant', 'three'), turn('assistant', 'four')]);
    const before = run(conversation, 1_100);
    conversation.mute('assistant', true);
    const muted = run(conversation, 1_500);
    conversation.mute('assistant', false);
    const after = run(conversation);
    expect(muted.every(({ assistant }) => rms(assistant) === 0)).toBe(true);
    expect(finals([...before, ...muted, ...after])).toEqual(['one', 'four']);
    expect(describeEvents(after).at(-1)).toBe('4600 transcript.final four');
  });

  it('keeps queued sentences while the assistant is muted', () => {
    const conversation = createConversation();
    conversation.mute('assistant', true);
    conversation.say(turn('assistant', 'hello'));
    expect(finals(run(conversation, 3_000))).toEqual([]);
    conversation.mute('assistant', false);
    expect(finals(run(conversation))).toEqual(['hello']);
  });

  it('drops queued sentences and cuts off the current one on cancelSays', () => {
    const conversation = createConversation();
    conversation.play([turn('customer', 'after')]);
    conversation.say(turn('assistant', 'now it is said'));
    conversation.say(turn('assistant', 'never'));
    const before = run(conversation, 800);
    conversation.cancelSays();
    expect(finals([...before, ...run(conversation)])).toEqual(['now it', 'after']);
  });

  it('drops the script but not the sentences on abandonScript', () => {
    const conversation = createConversation();
    conversation.play([turn('customer', 'one'), turn('assistant', 'two')]);
    run(conversation, 1_000);
    conversation.say(turn('assistant', 'said'));
    conversation.abandonScript();
    const rest = run(conversation);
    expect(finals(rest).at(-1)).toBe('said');
    expect(finals(rest)).not.toContain('two');
    expect(rest.every(({ customer }) => rms(customer) === 0)).toBe(true);
  });

  it('rejects a sentence when the queue is full', () => {
    const conversation = createConversation();
    for (let count = 0; count < MAX_QUEUED_SAYS; count += 1) {
      expect(conversation.say(turn('assistant', 'more'))).toBe(true);
    }
    expect(conversation.say(turn('assistant', 'too much'))).toBe(false);
  });
});
