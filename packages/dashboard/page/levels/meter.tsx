/** How loud a party is, as a bar. Decorative for whoever does not see it: who speaks is told in words elsewhere. */
import { useEffect, useRef } from 'react';
import type { Meters } from './meters.ts';
import './meter.css';

export interface MeterProps {
  readonly meters: Meters;
  readonly callId: string;
  readonly party: 'CUSTOMER' | 'ASSISTANT' | 'UNKNOWN';
}

export function Meter({ meters, callId, party }: MeterProps) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => meters.attach(callId, party, bar.current!), [meters, callId, party]);
  return (
    <span className="meter" data-party={party} aria-hidden="true">
      <span className="meter-bar" ref={bar} />
    </span>
  );
}
