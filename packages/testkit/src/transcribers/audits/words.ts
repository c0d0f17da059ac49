/** What is told of what is said. */
import { findTranscriberEventError, PARTIES, type TranscriberEvent } from '@sidetone/core';
import { GARBAGE_BYTES, GARBAGE_TEXTS } from '../../checks/garbage.ts';
import { check } from '../../conformance/verdict.ts';
import { wordsIn, type Script, type SpokenCall } from '../../speech/spoken-call.ts';
import { textOfWord, WORD_MS } from '../../speech/spoken-words.ts';
import type { TranscriberAudit, TranscriberBench } from '../audit.ts';

/** Where the audio of the calls begins: not at the beginning of a call. */
const FROM_MS = 60_000;
/** How far a place may be from where it is. */
const NEAR_MS = 100;

/** Each lets the other finish. */
const BY_TURNS: Script = {
  CUSTOMER: [
    [1, FROM_MS + 500],
    [2, FROM_MS + 800],
    [3, FROM_MS + 7000],
  ],
  ASSISTANT: [[11, FROM_MS + 3000]],
};

/** Both say something, also at once, and one says two things with a long pause between them. */
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

/** A call of an instance of its own, from its first word to its end. */
async function converse(bench: TranscriberBench, script = CONVERSATION): Promise<SpokenCall> {
  const stage = await bench.started();
  const call = stage.open({ fromMs: FROM_MS });
  await call.speak(CONVERSATION_MS, script);
  await call.end();
  return call;
}

/** @throws {AuditFailure} unless exactly the words of a script are in the transcript. */
export function checkWords(call: SpokenCall, script: Script): void {
  const [told, said] = [call.transcript(), wordsIn(script, textOfWord)];
  for (const party of PARTIES) {
    const [words, expected] = [told[party] ?? [], said[party] ?? []];
    const lost = expected.filter((word) => !words.includes(word)).length;
    check(lost === 0, `${lost} word(s) of ${party} are missing`);
    check(
      words.length === expected.length,
      `${words.length - expected.length} word(s) of ${party} are too many`,
    );
    check(
      words.every((word, index) => word === expected[index]),
      `the words of ${party} are out of order`,
    );
  }
}

/** Returns what is wrong with an event; undefined if it is valid. */
function findError(event: TranscriberEvent): string | undefined {
  const isReversed = 'startMs' in event && event.startMs > event.endMs;
  return (
    findTranscriberEventError(event) ?? (isReversed ? `${event.type}: ends before it starts` : undefined)
  );
}

/** They speak, and look at what comes of it. */
export const WORD_AUDITS: readonly TranscriberAudit[] = [
  {
    // The channels of a service have no names; whose they are is the plugin's to know.
    id: 'B90C',
    level: 'MUST',
    name: 'Every word becomes one of an utterance of the party that said it, once.',
    async run(bench) {
      const call = await converse(bench);
      checkWords(call, CONVERSATION);
    },
  },
  {
    // The daemon drops what is no event.
    id: '47EA',
    level: 'MUST',
    name: 'What a transcriber tells is an event, with every field that its type needs.',
    async run(bench) {
      const { events } = await converse(bench);
      check(events.length > 0, 'it tells nothing');
      for (const event of events) {
        const error = findError(event);
        check(error === undefined, error ?? '');
      }
    },
  },
  {
    // Finals are kept for ever; what was shown of them is thrown away then.
    id: '83D5',
    level: 'MUST',
    name: 'An utterance is final once, with words in it; it is shown before that alone, and revised after it alone.',
    async run(bench) {
      const { events } = await converse(bench);
      const finals = new Set<string>();
      for (const event of events) {
        if (event.type === 'utterance.partial') {
          check(!finals.has(event.utteranceId), 'an utterance was shown after its final');
        } else if (event.type === 'utterance.final') {
          check(event.text.trim() !== '', 'a final is empty');
          check(!finals.has(event.utteranceId), 'an utterance is final twice');
          finals.add(event.utteranceId);
        } else if (event.type === 'utterance.revised') {
          check(finals.has(event.utteranceId), 'an utterance was revised before its final');
        }
      }
    },
  },
  {
    // A reader sees what is being said; without it a transcript comes sentence by sentence.
    id: 'F20A',
    level: 'SHOULD',
    name: 'Words are shown before they are final, under the id of their final.',
    async run(bench) {
      const stage = await bench.started();
      const call = stage.open();
      const words = Array.from({ length: 12 }, (_, index): [number, number] => [
        index + 1,
        500 + index * 300,
      ]);
      await call.speak(8000, { CUSTOMER: words });
      await call.end();
      const finals = new Set(call.of('utterance.final').map(({ utteranceId }) => utteranceId));
      const shown = call.of('utterance.partial').filter(({ text }) => text !== '');
      check(shown.length > 0, 'nothing was shown while somebody spoke for some seconds');
      check(
        shown.every(({ utteranceId }) => finals.has(utteranceId)),
        'what was shown never became final',
      );
    },
  },
  {
    // Words are laid beside the sound of the call, and of the other party.
    id: '6B7F',
    level: 'MUST',
    name: 'Utterances lie where they were said, on the time line of the audio.',
    async run(bench) {
      const call = await converse(bench, BY_TURNS);
      for (const { party, startMs, endMs, text } of call.of('utterance.final')) {
        check(
          startMs >= FROM_MS - NEAR_MS && endMs <= call.toMs + NEAR_MS,
          'an utterance lies outside of the audio',
        );
        const [first] = text.split(' ');
        const said = BY_TURNS[party]?.find(([word]) => textOfWord(word) === first);
        check(
          said !== undefined && Math.abs(said[1] - startMs) <= NEAR_MS,
          'an utterance lies elsewhere than its first word',
        );
        check(endMs >= startMs + WORD_MS - NEAR_MS, 'an utterance ends before its words do');
      }
    },
  },
  {
    // Who speaks is shown as a light that is on or off.
    id: 'DA31',
    level: 'MUST',
    name: 'Speech starts and stops by turns.',
    async run(bench) {
      const { events } = await converse(bench);
      const speaking = new Set<string>();
      for (const event of events) {
        if (event.type !== 'speech.started' && event.type !== 'speech.stopped') continue;
        const isStart = event.type === 'speech.started';
        check(
          speaking.has(event.party) !== isStart,
          isStart ? 'speech starts twice' : 'speech stops without having started',
        );
        if (isStart) speaking.add(event.party);
        else speaking.delete(event.party);
      }
    },
  },
  {
    // Services add messages without notice, and a proxy may say something of its own.
    id: '197C',
    level: 'MUST',
    name: 'Any message of the service is survived.',
    async run(bench) {
      const stage = await bench.started();
      const call = stage.open({ fromMs: FROM_MS });
      await call.speak(2000, BY_TURNS);
      for (const message of [...GARBAGE_TEXTS, ...GARBAGE_BYTES]) {
        for (const socket of stage.sockets) {
          if (socket.closing) continue;
          const outcome = await stage.outcome(socket.send(message), 0);
          check(outcome.state !== 'rejected', 'a message made the listener throw');
        }
      }
      await call.speak(CONVERSATION_MS - 2000, BY_TURNS);
      await call.end();
      checkWords(call, BY_TURNS);
    },
  },
];
