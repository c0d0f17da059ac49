import { readFileSync } from 'node:fs';
import { CALL_SAMPLE_RATE } from '../audio/pcm.ts';
import { speechLikeTone } from '../audio/tone.ts';
import { parseMulawWav } from '../audio/wav.ts';

/** The two parties of every call. */
export type Speaker = 'customer' | 'assistant';

/** Some words and how they sound, at the rate of calls. */
export interface Utterance {
  readonly speaker: Speaker;
  readonly text: string;
  readonly samples: Int16Array;
}

/** A turn of a conversation. One that cuts in begins before the one before has ended. */
export interface Turn extends Utterance {
  readonly cutsIn: boolean;
}

/** A conversation that a call can follow. */
export interface Script {
  readonly name: string;
  readonly title: string;
  readonly direction: 'inbound' | 'outbound';
  readonly turns: readonly Turn[];
}

/** Everything that can be heard. */
export interface SpeechLibrary {
  readonly scripts: readonly Script[];
  /** Every recording once, with its words. */
  readonly recordings: readonly Utterance[];
  script(name: string): Script | undefined;
  /** A text in the assistant's voice: its recording if there is one, else a speech-like tone. */
  voice(text: string): Utterance;
}

interface Manifest {
  conversations: {
    name: string;
    title: string;
    direction: 'inbound' | 'outbound';
    turns: { speaker: Speaker; text: string; file: string; cutsIn: boolean }[];
  }[];
  sentences: { text: string; file: string }[];
}

const SPEECH = new URL('../../speech/', import.meta.url);

/** Reads the recordings that come with the package. Throws when they are missing or damaged. */
export function loadSpeech(folder: URL = SPEECH): SpeechLibrary {
  const manifest = JSON.parse(readFileSync(new URL('scripts.json', folder), 'utf8')) as Manifest;
  const files = new Map<string, Int16Array>();
  const samplesOf = (file: string): Int16Array => {
    const samples = files.get(file) ?? readRecording(new URL(file, folder));
    files.set(file, samples);
    return samples;
  };
  const scripts = manifest.conversations.map(({ name, title, direction, turns }) => ({
    name,
    title,
    direction,
    turns: turns.map(({ speaker, text, file, cutsIn }) => ({
      speaker,
      text,
      samples: samplesOf(file),
      cutsIn,
    })),
  }));
  const sentences = manifest.sentences.map(({ text, file }): Utterance => ({
    speaker: 'assistant',
    text,
    samples: samplesOf(file),
  }));
  const utterances: Utterance[] = [...scripts.flatMap((script) => script.turns), ...sentences];
  const recorded = new Map<string, Int16Array>();
  for (const { speaker, text, samples } of utterances) {
    if (speaker === 'assistant') recorded.set(normalise(text), samples);
  }
  return {
    scripts,
    recordings: [...new Map(utterances.map((utterance) => [utterance.samples, utterance])).values()],
    script: (name) => scripts.find((script) => script.name === name),
    voice: (text) => ({
      speaker: 'assistant',
      text,
      samples: recorded.get(normalise(text)) ?? speechLikeTone(text),
    }),
  };
}

/** Two texts that would be spoken alike are alike: case, punctuation and spacing do not count. */
function normalise(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

function readRecording(file: URL): Int16Array {
  const { sampleRate, samples } = parseMulawWav(readFileSync(file));
  if (sampleRate !== CALL_SAMPLE_RATE) throw new Error(`${file.pathname} is not at ${CALL_SAMPLE_RATE} Hz`);
  return samples;
}
