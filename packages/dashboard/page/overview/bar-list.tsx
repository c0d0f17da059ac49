/** A bar chart of parts of a whole. Each bar shows its count and percentage and links to its calls. */
import { useId } from 'react';
import { Link } from 'wouter';
import { Text } from '../ui/text/text.tsx';
import { percentOf } from './chart-data.ts';

interface Bar {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly href: string;
}

interface BarListProps {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** Shown if there are no bars. */
  readonly emptyText: string;
}

export function BarList({ title, bars, emptyText }: BarListProps) {
  const id = useId();
  const total = bars.reduce((sum, { value }) => sum + value, 0);
  const largest = Math.max(...bars.map(({ value }) => value));
  return (
    <section className="card chart" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {bars.length === 0 ? (
        <p className="muted">{emptyText}</p>
      ) : (
        <ul className="bars">
          {bars.map(({ id: key, label, value, href }) => (
            <li key={key} className="bar" data-id={key}>
              <Link href={href} className="bar-label">
                <Text>{label}</Text>
              </Link>
              <span className="bar-value">
                <strong>{value.toLocaleString()}</strong>{' '}
                <span className="faint">{percentOf(value, total)} %</span>
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
