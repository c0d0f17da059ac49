import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { WAVEFORM, type PartyWaveform } from './documents.ts';

/** The daemon stores the waveform of a live call about this often. */
const POLL_MS = 5000;
/** The daemon stores one peak per 100 ms, so more points would add no detail. */
const MS_PER_PEAK = 100;
const MIN_POINTS = 40;
const MAX_POINTS = 600;

/**
 * The waveform of a call since its answer. While the call is live, it is fetched again every few seconds.
 * @param endedAt null while the call is live.
 */
export function useWaveform(
  id: string,
  answeredAt: string | null,
  endedAt: string | null,
): readonly PartyWaveform[] {
  const client = useClient();
  const [waveform, setWaveform] = useState<readonly PartyWaveform[]>([]);
  useEffect(() => {
    let isStopped = false;
    async function load(): Promise<void> {
      if (answeredAt === null) return;
      const end = endedAt === null ? Date.now() : Date.parse(endedAt);
      const points = pointsFor(end - Date.parse(answeredAt));
      const { data } = await client
        .query(WAVEFORM, { id, points }, { requestPolicy: 'network-only' })
        .toPromise();
      if (!isStopped && data?.call) setWaveform(data.call.waveform);
    }
    void load();
    const timer = endedAt === null ? setInterval(() => void load(), POLL_MS) : undefined;
    return () => {
      isStopped = true;
      clearInterval(timer);
    };
  }, [client, id, answeredAt, endedAt]);
  return waveform;
}

const pointsFor = (durationMs: number): number =>
  Math.min(MAX_POINTS, Math.max(MIN_POINTS, Math.ceil(durationMs / MS_PER_PEAK)));
