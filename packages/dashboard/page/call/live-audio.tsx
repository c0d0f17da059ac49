/** How a live call sounds: who speaks now and how loud, and how loud both were so far. */
import { useState } from 'react';
import type { CallLevels } from '../levels/documents.ts';
import { Meter } from '../levels/meter.tsx';
import { useLevels } from '../levels/use-levels.ts';
import { useWaveform } from '../levels/use-waveform.ts';
import { Waveform } from '../levels/waveform.tsx';
import { PARTY_LABELS } from '../ui/labels.ts';
import type { Call } from './documents.ts';

const LEVELS_EVERY_MS = 50;
const PARTIES = ['CUSTOMER', 'ASSISTANT'] as const;
const NOBODY: readonly string[] = [];

export interface LiveAudioProps {
  readonly call: Pick<Call, 'id' | 'answeredAt'>;
}

export function LiveAudio({ call: { id: callId, answeredAt } }: LiveAudioProps) {
  const [speaking, setSpeaking] = useState(NOBODY);
  const meters = useLevels([callId], LEVELS_EVERY_MS, (levels: readonly CallLevels[]) => {
    const now = levels.flatMap(({ parties }) => parties).filter((party) => party.speaking);
    setSpeaking((before) => {
      const next = now.map(({ party }) => party);
      return before.join() === next.join() ? before : next;
    });
  });
  const waveform = useWaveform(callId, answeredAt, null);

  return (
    <section className="audio-panel" aria-label="Sound">
      <div className="audio-levels">
        {PARTIES.map((party) => (
          <div key={party} className="audio-party" data-speaking={speaking.includes(party)}>
            <span className="party-name" data-party={party}>
              {PARTY_LABELS[party]}
            </span>
            <span className="audio-speaking faint">{speaking.includes(party) ? 'speaks' : ''}</span>
            <Meter meters={meters} callId={callId} party={party} />
          </div>
        ))}
      </div>
      <Waveform waveform={waveform} />
    </section>
  );
}
