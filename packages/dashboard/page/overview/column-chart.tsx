/** Columns over time. The drawing is for the eye; the same numbers stand in a table that anyone can open. */
import { useMedia } from '../ui/use-media.ts';
import { ticksOf, type Column } from './chart-data.ts';

export interface ColumnChartProps {
  readonly title: string;
  /** What a column counts. */
  readonly unit: string;
  /** What the columns are stretches of. */
  readonly about: string;
  readonly columns: readonly Column[];
}

/** Columns that have their label below them, at most. */
const MOST_LABELS = { wide: 8, narrow: 4 };

export function ColumnChart({ title, unit, about, columns }: ColumnChartProps) {
  const ticks = ticksOf(Math.max(...columns.map(({ value }) => value)));
  const top = ticks.at(-1)!;
  const room = useMedia('(max-width: 40rem)') ? 'narrow' : 'wide';
  const every = Math.ceil(columns.length / MOST_LABELS[room]);
  return (
    <figure className="card chart">
      <figcaption>
        <h2>{title}</h2>
        <p className="faint">{about}</p>
      </figcaption>
      <div className="columns" aria-hidden="true">
        {ticks.map((tick) => (
          <div key={tick} className="columns-tick" style={{ bottom: `${(tick / top) * 100}%` }}>
            <span>{tick.toLocaleString()}</span>
          </div>
        ))}
        <div className="columns-row">
          {columns.map(({ label, name, value }, i) => (
            <div key={name} className="column">
              <span className="column-bar" style={{ height: `${(value / top) * 100}%` }} />
              <span className="column-tip">
                <strong>{value.toLocaleString()}</strong> {unit}, {name}
              </span>
              {i % every === 0 && <span className="column-label">{label}</span>}
            </div>
          ))}
        </div>
      </div>
      <details className="collapsible">
        <summary>{title} as a table</summary>
        <table className="chart-table">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">{unit}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map(({ name, value }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value.toLocaleString()}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
