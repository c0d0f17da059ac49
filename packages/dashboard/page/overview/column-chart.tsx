/** A column chart over time. The columns are hidden from screen readers; a table contains the same numbers. */
import { useMedia } from '../ui/use-media.ts';
import { ticksOf, type Column } from './chart-data.ts';

interface ColumnChartProps {
  readonly title: string;
  /** The unit of the values. */
  readonly unit: string;
  /** The time span of a column. */
  readonly interval: string;
  readonly columns: readonly Column[];
}

/** The maximum number of labelled columns. */
const MAX_LABELS = { wide: 8, narrow: 4 };

export function ColumnChart({ title, unit, interval, columns }: ColumnChartProps) {
  const ticks = ticksOf(Math.max(...columns.map(({ value }) => value)));
  const top = ticks.at(-1)!;
  const width = useMedia('(max-width: 40rem)') ? 'narrow' : 'wide';
  const every = Math.ceil(columns.length / MAX_LABELS[width]);
  return (
    <figure className="card chart">
      <figcaption>
        <h2>{title}</h2>
        <p className="faint">{interval}</p>
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
              <th scope="col">Time</th>
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
