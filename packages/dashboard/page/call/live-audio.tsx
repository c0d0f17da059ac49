/** The audio of a live call: who is speaking, the level meters, and the waveform so far. */
import { useState } from 'react';
import type { CallLevels } from '../levels/documents.ts';
import { Meter } from '../levels/meter.tsx';
import { useLevels } from '../levels/use-levels.ts';
import { useWaveform } from '../levels/use-waveform.ts';
import { Waveform } from '../levels/waveform.tsx';
import { PARTY_LABELS } from '../ui/labels.ts';
import type { Call } from './documents.ts';

const LEVEL_INTERVAL_MS = 50;
const PARTIES = ['CUSTOMER', 'ASSISTANT'] as const;
const NO_PARTIES: readonly string[] = [];

interface LiveAudioProps {
  readonly call: Pick<Call, 'id' | 'answeredAt' | 'listenUrl'>;
}

export function LiveAudio({ call: { id: callId, answeredAt, listenUrl } }: LiveAudioProps) {
  const hasAudio = listenUrl != null;
  const [speaking, setSpeaking] = useState(NO_PARTIES);
  const meters = useLevels([callId], LEVEL_INTERVAL_MS, (levels: readonly CallLevels[]) => {
    const speakers = levels.flatMap(({ parties }) => parties).filter((party) => party.speaking);
    setSpeaking((previous) => {
      const next = speakers.map(({ party }) => party);
      return previous.join() === next.join() ? previous : next;
    });
  });
  const waveform = useWaveform(callId, answeredAt, null);

  return (
    <section className="audio-panel" aria-label="Live audio">
      <div className="audio-levels">
        {PARTIES.map((party) => (
          <div key={party} className="audio-party" data-speaking={speaking.includes(party)}>
            <span className="party-name" data-party={party}>
              {PARTY_LABELS[party]}
            </span>
            <span className="audio-speaking faint">
              {!hasAudio ? 'no audio' : speaking.includes(party) ? 'speaking' : ''}
            </span>
            {hasAudio && <Meter meters={meters} callId={callId} party={party} />}
          </div>
        ))}
      </div>
      <Waveform waveform={waveform} />
    </section>
  );
}
