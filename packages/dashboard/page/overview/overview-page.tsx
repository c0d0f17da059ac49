/** The overview page: statistics by time, outcome and provider. */
import { useEffect, useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { useLocation, useSearch } from 'wouter';
import { toApiError } from '../api/errors.ts';
import { PROVIDER_NAMES } from '../history/documents.ts';
import { historyHref } from '../history/search-query.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Loading } from '../ui/loading.tsx';
import { localTimeText } from '../ui/form/local-day.ts';
import { isRange, RANGE_LABELS, RANGES, viewerTimeZone, type Range } from '../ui/ranges.ts';
import { useTitle } from '../ui/use-title.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { DIRECTION_LABELS, END_LABELS } from '../ui/labels.ts';
import { BarList } from './bar-list.tsx';
import { ColumnChart } from './column-chart.tsx';
import { OVERVIEW, type Overview } from './documents.ts';
import {
  columnsOf,
  isSplit,
  partsOf,
  SPLIT_LABELS,
  variablesOf,
  type Column,
  type Split,
} from './chart-data.ts';
import { Tiles } from './tiles.tsx';
import './overview.css';

/** The API has no subscription for statistics. */
const POLL_MS = 15_000;

const INTERVALS = {
  '24h': 'per hour',
  '7d': 'per day',
  '30d': 'per day',
  '12m': 'per month',
} as const satisfies Record<Range, string>;

export default function OverviewPage() {
  useTitle('Overview');
  const [, navigate] = useLocation();
  const params = new URLSearchParams(useSearch());
  const rangeParam = params.get('range') ?? '';
  const range = isRange(rangeParam) ? rangeParam : '24h';
  const provider = params.get('provider') ?? '';
  const splitParam = params.get('split') ?? '';
  const split = isSplit(splitParam) ? splitParam : '';

  const [now, setNow] = useState(Date.now);
  const variables = useMemo(() => variablesOf(range, provider, now, split), [range, provider, now, split]);
  const [{ data, error }, refetch] = useQuery({
    query: OVERVIEW,
    variables,
    requestPolicy: 'cache-and-network',
  });
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
      refetch({ requestPolicy: 'network-only' });
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [refetch]);

  function select(change: {
    readonly range?: Range;
    readonly provider?: string;
    readonly split?: Split | '';
  }): void {
    const next = new URLSearchParams(
      Object.entries({ range, provider, split, ...change }).filter(([, text]) => text !== ''),
    );
    navigate(`/overview?${next.toString()}`, { replace: true });
  }

  return (
    <div className="overview">
      <div className="overview-header">
        <h1>Overview</h1>
        <fieldset className="ranges">
          <legend className="visually-hidden">Period</legend>
          {RANGES.map((each) => (
            <label key={each} className="range">
              <input
                type="radio"
                name="range"
                checked={each === range}
                onChange={() => select({ range: each })}
              />
              <span>{RANGE_LABELS[each]}</span>
            </label>
          ))}
        </fieldset>
        <ProviderChoice value={provider} onChange={(id) => select({ provider: id })} />
        <select
          aria-label="Split the columns"
          value={split}
          onChange={({ target }) => select({ split: target.value as Split | '' })}
        >
          <option value="">Not split</option>
          {Object.entries(SPLIT_LABELS).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {data ? (
        <Charts overview={data} range={range} provider={provider} split={split} now={now} />
      ) : error ? (
        <ErrorState error={toApiError(error)} onRetry={() => refetch({ requestPolicy: 'network-only' })} />
      ) : (
        <Loading label="Loading statistics…" />
      )}
    </div>
  );
}

interface ChartsProps {
  readonly overview: Overview;
  readonly range: Range;
  readonly provider: string;
  readonly split: Split | '';
  readonly now: number;
}

function Charts({ overview, range, provider, split, now }: ChartsProps) {
  const { calls, byEndCategory, byProvider, series, splitSeries } = overview.now;
  const names = new Map(byProvider.map((each) => [each.provider.id, each.provider.displayName]));
  const parts = split === '' ? [] : partsOf(splitSeries, (key) => KEY_LABELS[split](key, names));
  if (calls === 0) {
    return (
      <EmptyState title="No calls in this period" next={{ href: '/history', label: 'Search history' }}>
        Choose a longer period or all providers.
      </EmptyState>
    );
  }
  return (
    <>
      <Tiles overview={overview} />
      <ColumnChart
        title="Calls over time"
        unit="calls"
        interval={`${INTERVALS[range]}, ${viewerTimeZone()}`}
        parts={parts}
        columns={columnsOf(
          series,
          range,
          now,
          parts.map(({ points }) => points),
        )}
        hrefOf={(column) => historyHref({ ...timeOf(column), provider })}
      />
      <div className="overview-breakdowns">
        <BarList
          title="Outcomes"
          emptyText="No calls have ended yet."
          bars={byEndCategory.map(({ category, calls: value }) => ({
            id: category,
            label: END_LABELS[category],
            value,
            href: historyHref({ when: range, provider, outcome: category }),
          }))}
        />
        <BarList
          title="Providers"
          emptyText="No providers."
          bars={byProvider.map(({ provider: { id, displayName }, calls: value }) => ({
            id,
            label: displayName,
            value,
            href: historyHref({ when: range, provider: id }),
          }))}
        />
      </div>
    </>
  );
}

/** The labels of the parts of a series, by what it is split. */
const KEY_LABELS = {
  PROVIDER: (key, names) => (key === null ? 'Unknown' : (names.get(key) ?? key)),
  END_CATEGORY: (key) => (key === null ? 'Live' : labelIn(END_LABELS, key)),
  DIRECTION: (key) => (key === null ? 'Unknown direction' : labelIn(DIRECTION_LABELS, key)),
  ASSISTANT: (key) => key ?? 'Others, or no assistant',
} as const satisfies Record<Split, (key: string | null, names: ReadonlyMap<string, string>) => string>;

const labelIn = (labels: Readonly<Record<string, string>>, key: string): string => labels[key] ?? key;

/** The time filter of the calls of a column. */
const timeOf = ({ at, until }: Column) =>
  ({ when: 'dates', from: localTimeText(at), to: until === undefined ? '' : localTimeText(until) }) as const;

interface ProviderChoiceProps {
  readonly value: string;
  readonly onChange: (id: string) => void;
}

function ProviderChoice({ value, onChange }: ProviderChoiceProps) {
  const [{ data }] = useQuery({ query: PROVIDER_NAMES });
  return (
    <select aria-label="Provider" value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">All providers</option>
      {data?.providers.map(({ id, displayName }) => (
        <option key={id} value={id}>
          {displayName}
        </option>
      ))}
    </select>
  );
}
