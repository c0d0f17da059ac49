/** How calls went: how many, when, how they ended, where they ran. */
import { useEffect, useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { useLocation, useSearch } from 'wouter';
import { toApiError } from '../api/errors.ts';
import { PROVIDER_NAMES } from '../history/documents.ts';
import { historyHref } from '../history/search-query.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Loading } from '../ui/loading.tsx';
import { isRange, RANGE_LABELS, RANGES, type Range } from '../ui/ranges.ts';
import { useTitle } from '../ui/use-title.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { END_LABELS } from '../ui/labels.ts';
import { BarList } from './bar-list.tsx';
import { ColumnChart } from './column-chart.tsx';
import { OVERVIEW, type Overview } from './documents.ts';
import { columnsOf, variablesOf } from './chart-data.ts';
import { Tiles } from './tiles.tsx';
import './overview.css';

/** No subscription counts. */
const ASK_MS = 15_000;

const ABOUT = {
  '24h': 'by the hour',
  '7d': 'by the day, in UTC',
  '30d': 'by the day, in UTC',
  '12m': 'by the month, in UTC',
} as const satisfies Record<Range, string>;

export default function OverviewPage() {
  useTitle('Overview');
  const [, navigate] = useLocation();
  const params = new URLSearchParams(useSearch());
  const told = params.get('range') ?? '';
  const range = isRange(told) ? told : '24h';
  const provider = params.get('provider') ?? '';

  const [now, setNow] = useState(Date.now);
  const variables = useMemo(() => variablesOf(range, provider, now), [range, provider, now]);
  const [{ data, error }, ask] = useQuery({ query: OVERVIEW, variables, requestPolicy: 'cache-and-network' });
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
      ask({ requestPolicy: 'network-only' });
    }, ASK_MS);
    return () => clearInterval(timer);
  }, [ask]);

  function choose(change: { readonly range?: Range; readonly provider?: string }): void {
    const next = new URLSearchParams(
      Object.entries({ range, provider, ...change }).filter(([, text]) => text !== ''),
    );
    navigate(`/overview?${next.toString()}`, { replace: true });
  }

  return (
    <div className="overview">
      <div className="overview-header">
        <h1>Overview</h1>
        <fieldset className="ranges">
          <legend className="visually-hidden">Time</legend>
          {RANGES.map((each) => (
            <label key={each} className="range">
              <input
                type="radio"
                name="range"
                checked={each === range}
                onChange={() => choose({ range: each })}
              />
              <span>{RANGE_LABELS[each]}</span>
            </label>
          ))}
        </fieldset>
        <ProviderChoice value={provider} onChoice={(id) => choose({ provider: id })} />
      </div>
      {data ? (
        <Charts overview={data} range={range} provider={provider} now={now} />
      ) : error ? (
        <ErrorState error={toApiError(error)} onRetry={() => ask({ requestPolicy: 'network-only' })} />
      ) : (
        <Loading label="Counting…" />
      )}
    </div>
  );
}

interface ChartsProps {
  readonly overview: Overview;
  readonly range: Range;
  readonly provider: string;
  readonly now: number;
}

function Charts({ overview, range, provider, now }: ChartsProps) {
  const { calls, byEndCategory, byProvider, series } = overview.now;
  if (calls === 0) {
    return (
      <EmptyState title="No calls in this time" next={{ href: '/history', label: 'Search all of history' }}>
        Look at a longer time, or at all providers.
      </EmptyState>
    );
  }
  return (
    <>
      <Tiles overview={overview} />
      <ColumnChart
        title="Calls over time"
        unit="calls"
        about={ABOUT[range]}
        columns={columnsOf(series, range, now)}
      />
      <div className="overview-breakdowns">
        <BarList
          title="How they ended"
          none="None is over yet."
          bars={byEndCategory.map(({ category, calls: value }) => ({
            id: category,
            label: END_LABELS[category],
            value,
            href: historyHref({ when: range, provider, outcome: category }),
          }))}
        />
        <BarList
          title="Where they ran"
          none="At no provider."
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

interface ProviderChoiceProps {
  readonly value: string;
  readonly onChoice: (id: string) => void;
}

function ProviderChoice({ value, onChoice }: ProviderChoiceProps) {
  const [{ data }] = useQuery({ query: PROVIDER_NAMES });
  return (
    <select aria-label="Provider" value={value} onChange={({ target }) => onChoice(target.value)}>
      <option value="">All providers</option>
      {data?.providers.map(({ id, displayName }) => (
        <option key={id} value={id}>
          {displayName}
        </option>
      ))}
    </select>
  );
}
