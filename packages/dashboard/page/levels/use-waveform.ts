import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { pointsFor, WAVEFORM, type PartyWaveform } from './waveform-documents.ts';

/** The daemon keeps the waveform in steps of about this long. */
const WAVEFORM_EVERY_MS = 5000;

/** The waveform of a call, or while it has not ended so far: asked for again while the call goes on, with as many points as there are readings by then. */
export function useWaveform(
  id: string,
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
    const timer = endedAt === null ? setInterval(() => void ask(), WAVEFORM_EVERY_MS) : undefined;
    return () => {
      isOff = true;
      clearInterval(timer);
    };
  }, [client, id, answeredAt, endedAt]);
  return waveform;
}
