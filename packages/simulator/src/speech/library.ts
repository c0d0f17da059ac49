import { readFileSync } from 'node:fs';
import { CALL_SAMPLE_RATE } from '../audio/pcm.ts';
import { speechLikeTone } from '../audio/tone.ts';
import { parseMulawWav } from '../audio/wav.ts';

/** The two parties of every call. */
export type Speaker = 'customer' | 'assistant';

/** A text with its audio at the rate of calls. */
export interface Utterance {
  readonly speaker: Speaker;
  readonly text: string;
  readonly samples: Int16Array;
}

/** A turn of a conversation. If it cuts in, it starts before the previous one ends. */
export interface Turn extends Utterance {
  readonly cutsIn: boolean;
}

/** A scripted conversation. */
export interface Script {
  readonly name: string;
  readonly title: string;
  readonly direction: 'inbound' | 'outbound';
  readonly turns: readonly Turn[];
}

/** All recordings. */
export interface SpeechLibrary {
  readonly scripts: readonly Script[];
  /** Every recording once, with its text. */
  readonly recordings: readonly Utterance[];
  script(name: string): Script | undefined;
  /** Returns a text in the assistant's voice: its recording, or a speech-like tone if there is none. */
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

/** Loads the recordings of this package. Throws if they are missing or invalid. */
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

/** Removes differences of case, punctuation and spacing. */
function normalise(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

function readRecording(file: URL): Int16Array {
  const { sampleRate, samples } = parseMulawWav(readFileSync(file));
  if (sampleRate !== CALL_SAMPLE_RATE) throw new Error(`${file.pathname}: expected ${CALL_SAMPLE_RATE} Hz`);
  return samples;
}
