/** The waveform of a call, drawn on a canvas: the customer above the line, the assistant below. */
import { useEffect, useRef } from 'react';
import { fillOf } from './meters.ts';
import type { PartyWaveform } from './documents.ts';
import './waveform.css';

interface WaveformProps {
  readonly waveform: readonly PartyWaveform[];
}

const HALVES = [
  { party: 'CUSTOMER', colour: '--customer', direction: 'up' },
  { party: 'ASSISTANT', colour: '--assistant', direction: 'down' },
] as const;

export function Waveform({ waveform }: WaveformProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const paint = (): void => draw(element, waveform);
    paint();
    const size = new ResizeObserver(paint);
    size.observe(element);
    const theme = new MutationObserver(paint);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      size.disconnect();
      theme.disconnect();
    };
  }, [waveform]);
  return <canvas ref={canvas} className="waveform" role="img" aria-label="Waveform of both parties" />;
}

function draw(canvas: HTMLCanvasElement, waveform: readonly PartyWaveform[]): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d')!;
  const style = getComputedStyle(canvas);
  context.scale(scale, scale);
  context.fillStyle = style.getPropertyValue('--line-strong');
  context.fillRect(0, height / 2 - 0.5, width, 1);
  for (const { party, colour, direction } of HALVES) {
    const peaks = waveform.find((each) => each.party === party)?.peaksDb ?? [];
    context.fillStyle = style.getPropertyValue(colour);
    const step = width / peaks.length;
    for (const [i, db] of peaks.entries()) {
      const size = fillOf(db) * (height / 2 - 1);
      context.fillRect(
        i * step,
        direction === 'up' ? height / 2 - size : height / 2,
        Math.max(step * 0.75, 0.5),
        size,
      );
    }
  }
}
