/** A column chart over time. The columns are hidden from screen readers; a table contains the same numbers and links. */
import { Link } from 'wouter';
import { useMedia } from '../ui/use-media.ts';
import { ticksOf, type Column, type Part } from './chart-data.ts';

interface ColumnChartProps {
  readonly title: string;
  /** The unit of the values. */
  readonly unit: string;
  /** The time span of a column. */
  readonly interval: string;
  readonly columns: readonly Column[];
  /** The parts of the columns; empty if they are not split. */
  readonly parts: readonly Part[];
  /** The URL of the calls of a column. */
  readonly hrefOf: (column: Column) => string;
}

/** The maximum number of labelled columns. */
const MAX_LABELS = { wide: 8, narrow: 4 };

export function ColumnChart({ title, unit, interval, columns, parts, hrefOf }: ColumnChartProps) {
  const ticks = ticksOf(Math.max(...columns.map(({ value }) => value)));
  const top = ticks.at(-1)!;
  const width = useMedia('(max-width: 40rem)') ? 'narrow' : 'wide';
  const every = Math.ceil(columns.length / MAX_LABELS[width]);
  return (
    <figure className="card chart">
      <figcaption>
        <h2>{title}</h2>
        <p className="faint">{interval}</p>
        {parts.length > 0 && <Legend parts={parts} />}
      </figcaption>
      <div className="columns" aria-hidden="true">
        {ticks.map((tick) => (
          <div key={tick} className="columns-tick" style={{ bottom: `${(tick / top) * 100}%` }}>
            <span>{tick.toLocaleString()}</span>
          </div>
        ))}
        <div className="columns-row">
          {columns.map((column, i) => (
            // The same link is in the table, which the keyboard reaches.
            <Link key={column.at} className="column" href={hrefOf(column)} tabIndex={-1}>
              <Bar column={column} height={(column.value / top) * 100} />
              <span className="column-tip">
                <strong>{column.value.toLocaleString()}</strong> {unit}, {column.name}
              </span>
              {i % every === 0 && <span className="column-label">{column.label}</span>}
            </Link>
          ))}
        </div>
      </div>
      <details className="collapsible">
        <summary>{title} as a table</summary>
        <ColumnTable unit={unit} columns={columns} parts={parts} hrefOf={hrefOf} />
      </details>
    </figure>
  );
}

function Bar({ column: { value, values }, height }: { readonly column: Column; readonly height: number }) {
  return (
    <span className="column-bar" style={{ height: `${height}%` }} data-split={values.length > 0}>
      {values.map((part, i) => (
        // Parts have no id other than their index.
        <span key={i} data-part={i} style={{ height: value === 0 ? 0 : `${(part / value) * 100}%` }} />
      ))}
    </span>
  );
}

function Legend({ parts }: { readonly parts: readonly Part[] }) {
  return (
    <ul className="chart-legend" aria-hidden="true">
      {parts.map(({ key, label }, i) => (
        <li key={key}>
          <span data-part={i} /> {label}
        </li>
      ))}
    </ul>
  );
}

function ColumnTable({ unit, columns, parts, hrefOf }: Omit<ColumnChartProps, 'title' | 'interval'>) {
  return (
    <div className="chart-table-frame">
      <table className="chart-table">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">{unit}</th>
            {parts.map(({ key, label }) => (
              <th key={key} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.at}>
              <th scope="row">
                <Link href={hrefOf(column)}>{column.name}</Link>
              </th>
              <td>{column.value.toLocaleString()}</td>
              {column.values.map((value, i) => (
                // Parts have no id other than their index.
                <td key={i}>{value.toLocaleString()}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
