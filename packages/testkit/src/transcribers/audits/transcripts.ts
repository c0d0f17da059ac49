/** Audits of the events of a transcription. */
import { findTranscriberEventError, type TranscriberEvent } from '@sidetone/core';
import { GARBAGE_BYTES, GARBAGE_TEXTS } from '../../checks/garbage.ts';
import { check } from '../../checks/verdict.ts';
import type { Script, SpokenCall } from '../../speech/spoken-call.ts';
import { textOfWord, WORD_MS } from '../../speech/words.ts';
import type { TranscriberAudit } from '../audit.ts';
import type { TranscriberAuditContext } from '../audit-context.ts';
import { checkTranscript } from '../check-transcript.ts';

/** Position of the first audio: not at the start of the call. */
const FROM_MS = 60_000;
/** Allowed deviation of an offset. */
const TOLERANCE_MS = 100;

/** The parties do not speak at the same time. */
const TAKING_TURNS: Script = {
  CUSTOMER: [
    [1, FROM_MS + 500],
    [2, FROM_MS + 800],
    [3, FROM_MS + 7000],
  ],
  ASSISTANT: [[11, FROM_MS + 3000]],
};

/** The parties also speak at the same time, and the customer pauses for a long time. */
const CONVERSATION: Script = {
  CUSTOMER: [
    [1, FROM_MS + 500],
    [2, FROM_MS + 800],
    [3, FROM_MS + 6000],
  ],
  ASSISTANT: [
    [11, FROM_MS + 3000],
    [12, FROM_MS + 6100],
  ],
};

const CONVERSATION_MS = 10_000;

/** Returns a completed call of a new instance. */
async function converse(context: TranscriberAuditContext, script = CONVERSATION): Promise<SpokenCall> {
  const harness = await context.started();
  const call = harness.open({ fromMs: FROM_MS });
  await call.speak(CONVERSATION_MS, script);
  await call.end();
  return call;
}

/** Returns what is wrong with an event; undefined if it is valid. */
function findError(event: TranscriberEvent): string | undefined {
  const isReversed = 'startMs' in event && event.startMs > event.endMs;
  return (
    findTranscriberEventError(event) ?? (isReversed ? `${event.type}: ends before it starts` : undefined)
  );
}

/** They play a conversation and check its events. */
export const TRANSCRIPT_AUDITS: readonly TranscriberAudit[] = [
  {
    // The channels of a service have no names, so the plugin has to assign the parties.
    id: 'B90C',
    level: 'MUST',
    name: 'Every word is transcribed exactly once, for the right party.',
    async run(context) {
      const call = await converse(context);
      checkTranscript(call, CONVERSATION);
    },
  },
  {
    // The daemon drops invalid events.
    id: '47EA',
    level: 'MUST',
    name: 'Emitted events are valid.',
    async run(context) {
      const { events } = await converse(context);
      check(events.length > 0, 'no event was emitted');
      for (const event of events) {
        const error = findError(event);
        check(error === undefined, error ?? '');
      }
    },
  },
  {
    // Finals are stored permanently, and replace the partial.
    id: '83D5',
    level: 'MUST',
    name: 'An utterance has one non-empty final; partials come before it, revisions after it.',
    async run(context) {
      const { events } = await converse(context);
      const finals = new Set<string>();
      for (const event of events) {
        if (event.type === 'utterance.partial') {
          check(!finals.has(event.utteranceId), 'a partial was emitted after the final of its utterance');
        } else if (event.type === 'utterance.final') {
          check(event.text.trim() !== '', 'a final is empty');
          check(!finals.has(event.utteranceId), 'two finals of one utterance were emitted');
          finals.add(event.utteranceId);
        } else if (event.type === 'utterance.revised') {
          check(finals.has(event.utteranceId), 'a revision was emitted before the final of its utterance');
        }
      }
    },
  },
  {
    // Without partials, a live transcript only shows complete sentences.
    id: 'F20A',
    level: 'SHOULD',
    name: 'Partials are emitted before the final, with the same utterance id.',
    async run(context) {
      const harness = await context.started();
      const call = harness.open();
      const words = Array.from({ length: 12 }, (_, index): [number, number] => [
        index + 1,
        500 + index * 300,
      ]);
      await call.speak(8000, { CUSTOMER: words });
      await call.end();
      const finals = new Set(call.of('utterance.final').map(({ utteranceId }) => utteranceId));
      const partials = call.of('utterance.partial').filter(({ text }) => text !== '');
      check(partials.length > 0, 'no partial was emitted during several seconds of speech');
      check(
        partials.every(({ utteranceId }) => finals.has(utteranceId)),
        'a partial has no final',
      );
    },
  },
  {
    // Text is shown next to the audio and to the text of the other party.
    id: '6B7F',
    level: 'MUST',
    name: 'Utterances have the right offsets on the timeline of the audio.',
    async run(context) {
      const call = await converse(context, TAKING_TURNS);
      for (const { party, startMs, endMs, text } of call.of('utterance.final')) {
        check(
          startMs >= FROM_MS - TOLERANCE_MS && endMs <= call.toMs + TOLERANCE_MS,
          'an utterance is outside of the audio',
        );
        const [first] = text.split(' ');
        const scripted = TAKING_TURNS[party]?.find(([word]) => textOfWord(word) === first);
        check(
          scripted !== undefined && Math.abs(scripted[1] - startMs) <= TOLERANCE_MS,
          'an utterance does not start with its first word',
        );
        check(endMs >= startMs + WORD_MS - TOLERANCE_MS, 'an utterance ends before its words');
      }
    },
  },
  {
    // Clients show whether a party is speaking.
    id: 'DA31',
    level: 'MUST',
    name: 'Speech marks of a party alternate between started and stopped.',
    async run(context) {
      const { events } = await converse(context);
      const speaking = new Set<string>();
      for (const event of events) {
        if (event.type !== 'speech.started' && event.type !== 'speech.stopped') continue;
        const isStart = event.type === 'speech.started';
        check(
          speaking.has(event.party) !== isStart,
          isStart ? 'speech.started was emitted twice' : 'speech.stopped was emitted without speech.started',
        );
        if (isStart) speaking.add(event.party);
        else speaking.delete(event.party);
      }
    },
  },
  {
    // Services add messages without notice, and a proxy may send its own.
    id: '197C',
    level: 'MUST',
    name: 'Malformed messages of the service are handled without an exception.',
    async run(context) {
      const harness = await context.started();
      const call = harness.open({ fromMs: FROM_MS });
      await call.speak(2000, TAKING_TURNS);
      for (const message of [...GARBAGE_TEXTS, ...GARBAGE_BYTES]) {
        for (const socket of harness.sockets) {
          if (socket.closing) continue;
          const outcome = await harness.outcome(socket.send(message), 0);
          check(outcome.state !== 'rejected', 'a message made the listener throw');
        }
      }
      await call.speak(CONVERSATION_MS - 2000, TAKING_TURNS);
      await call.end();
      checkTranscript(call, TAKING_TURNS);
    },
  },
];
