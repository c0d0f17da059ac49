/** Parts of a whole, largest first: each with its number, its share, and a way to the calls themselves. */
import { useId } from 'react';
import { Link } from 'wouter';
import { percentOf } from './chart-data.ts';

export interface Bar {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly href: string;
}

export interface BarListProps {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** Where there is none. */
  readonly none: string;
}

export function BarList({ title, bars, none }: BarListProps) {
  const id = useId();
  const whole = bars.reduce((sum, { value }) => sum + value, 0);
  const largest = Math.max(...bars.map(({ value }) => value));
  return (
    <section className="card chart" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {bars.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <ul className="bars">
          {bars.map(({ id: key, label, value, href }) => (
            <li key={key} className="bar" data-id={key}>
              <Link href={href} className="bar-label">
                {label}
              </Link>
              <span className="bar-value">
                <strong>{value.toLocaleString()}</strong>{' '}
                <span className="faint">{percentOf(value, whole)} %</span>
              </span>
              <span className="bar-track" aria-hidden="true">
                <span className="bar-fill" style={{ width: `${(value / largest) * 100}%` }} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
