/** The numbers that one looks for first. */
import type { ReactNode } from 'react';
import { durationText } from '../ui/format.ts';
import type { Overview } from './documents.ts';
import { changeText, lengthText, percentOf } from './chart-data.ts';

export function Tiles({ overview: { now, answered, before } }: { readonly overview: Overview }) {
  const share = percentOf(answered.calls, now.calls - now.live);
  return (
    <dl className="tiles">
      <Tile name="Calls" change={changeText(now.calls, before.calls)}>
        {now.calls.toLocaleString()}
      </Tile>
      <Tile name="Live now">{now.live.toLocaleString()}</Tile>
      <Tile name="Answered">{share === undefined ? '–' : `${share} %`}</Tile>
      <Tile name="Average length" change={changeText(now.averageDurationMs, before.averageDurationMs)}>
        {now.averageDurationMs === null ? '–' : durationText(now.averageDurationMs)}
      </Tile>
      <Tile name="Talk time">{lengthText(now.totalDurationMs)}</Tile>
    </dl>
  );
}

interface TileProps {
  readonly name: string;
  readonly children: ReactNode;
  /** Against the same stretch of time before. */
  readonly change?: string | undefined;
}

function Tile({ name, children, change }: TileProps) {
  return (
    <div className="card tile">
      <dt>{name}</dt>
      <dd>
        <strong>{children}</strong>
        {change !== undefined && (
          <span className="faint" title="Against the same stretch of time before">
            {change} <span className="visually-hidden">against the same stretch of time before</span>
          </span>
        )}
      </dd>
    </div>
  );
}
