/** How the call sounds: who speaks now and how loud, and how loud both were so far. */
import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import type { CallLevels } from '../levels/documents.ts';
import { Meter } from '../levels/meter.tsx';
import { useLevels } from '../levels/use-levels.ts';
import { Waveform } from '../levels/waveform.tsx';
import { pointsFor, WAVEFORM, type PartyWaveform } from '../levels/waveform-documents.ts';
import { PARTY_WORDS } from '../ui/words.ts';
import type { Call } from './documents.ts';

const LEVELS_EVERY_MS = 50;
/** The daemon keeps the waveform in steps of about this long. */
const WAVEFORM_EVERY_MS = 5000;
const PARTIES = ['CUSTOMER', 'ASSISTANT'] as const;
const NOBODY: readonly string[] = [];

export interface SoundBandProps {
  readonly call: Pick<Call, 'id' | 'isLive' | 'answeredAt' | 'endedAt'>;
}

export function SoundBand({ call: { id: callId, isLive, answeredAt, endedAt } }: SoundBandProps) {
  const [speaking, setSpeaking] = useState(NOBODY);
  const meters = useLevels(isLive ? [callId] : [], LEVELS_EVERY_MS, (levels: readonly CallLevels[]) => {
    const now = levels.flatMap(({ parties }) => parties).filter((party) => party.speaking);
    setSpeaking((before) => {
      const next = now.map(({ party }) => party);
      return before.join() === next.join() ? before : next;
    });
  });
  const waveform = useWaveform(callId, isLive, answeredAt, endedAt);

  return (
    <section className="sound" aria-label="Sound">
      {isLive && (
        <div className="sound-now">
          {PARTIES.map((party) => (
            <div key={party} className="sound-party" data-speaking={speaking.includes(party)}>
              <span className="party-name" data-party={party}>
                {PARTY_WORDS[party]}
              </span>
              <span className="sound-says faint">{speaking.includes(party) ? 'speaks' : ''}</span>
              <Meter meters={meters} callId={callId} party={party} />
            </div>
          ))}
        </div>
      )}
      <Waveform waveform={waveform} />
    </section>
  );
}

/** The waveform so far: asked for again while the call goes on, with as many points as there are readings by then. */
function useWaveform(
  id: string,
  isLive: boolean,
  answeredAt: string | null,
  endedAt: string | null,
): readonly PartyWaveform[] {
  const client = useClient();
  const [waveform, setWaveform] = useState<readonly PartyWaveform[]>([]);
  useEffect(() => {
    let isOff = false;
    async function ask(): Promise<void> {
      if (answeredAt === null) return;
      const points = pointsFor(
        (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(answeredAt),
      );
      const { data } = await client
        .query(WAVEFORM, { id, points }, { requestPolicy: 'network-only' })
        .toPromise();
      if (!isOff && data?.call) setWaveform(data.call.waveform);
    }
    void ask();
    const timer = isLive ? setInterval(() => void ask(), WAVEFORM_EVERY_MS) : undefined;
    return () => {
      isOff = true;
      clearInterval(timer);
    };
  }, [client, id, isLive, answeredAt, endedAt]);
  return waveform;
}
