/** The level meter of a party. Hidden from screen readers: the page also shows as text who is speaking. */
import { useEffect, useRef } from 'react';
import type { Meters } from './meters.ts';
import './meter.css';

interface MeterProps {
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
