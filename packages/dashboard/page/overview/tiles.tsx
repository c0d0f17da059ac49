/** The key figures. */
import type { ReactNode } from 'react';
import { durationText } from '../ui/format.ts';
import type { Overview } from './documents.ts';
import { changeText, longDurationText, moneyText, percentOf } from './chart-data.ts';

export function Tiles({ overview: { now, answered, before } }: { readonly overview: Overview }) {
  const answeredPercent = percentOf(answered.calls, now.calls - now.live);
  return (
    <dl className="tiles">
      <Tile name="Calls" change={changeText(now.calls, before.calls)}>
        {now.calls.toLocaleString()}
      </Tile>
      <Tile name="Live now">{now.live.toLocaleString()}</Tile>
      <Tile name="Answered">{answeredPercent === undefined ? '–' : `${answeredPercent} %`}</Tile>
      <Tile name="Average duration" change={changeText(now.averageDurationMs, before.averageDurationMs)}>
        {now.averageDurationMs === null ? '–' : durationText(now.averageDurationMs)}
      </Tile>
      {now.durationPercentiles && (
        <Tile
          name="Median duration"
          note={`90 % up to ${durationText(now.durationPercentiles.p90Ms)}, 95 % up to ${durationText(now.durationPercentiles.p95Ms)}`}
        >
          {durationText(now.durationPercentiles.p50Ms)}
        </Tile>
      )}
      {now.costs.map((cost) => (
        <Tile key={cost.currency} name={`Cost (${cost.currency})`}>
          {moneyText(cost)}
        </Tile>
      ))}
      <Tile name="Talk time">{longDurationText(now.totalDurationMs)}</Tile>
    </dl>
  );
}

interface TileProps {
  readonly name: string;
  readonly children: ReactNode;
  /** The change from the previous period. */
  readonly change?: string | undefined;
  readonly note?: string;
}

function Tile({ name, children, change, note }: TileProps) {
  return (
    <div className="card tile">
      <dt>{name}</dt>
      <dd>
        <strong>{children}</strong>
        {change !== undefined && (
          <span className="faint" title="Compared with the previous period">
            {change} <span className="visually-hidden">compared with the previous period</span>
          </span>
        )}
      </dd>
      {note !== undefined && <dd className="faint tile-note">{note}</dd>}
    </div>
  );
}
