/** The calls that were results, each with the lines that it was results by. */
import { memo, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { durationText } from '../ui/format.ts';
import { partiesOf } from '../ui/parties.ts';
import { dateTimeText } from '../ui/format.ts';
import { END_LABELS, PARTY_LABELS, STATUS_LABELS } from '../ui/labels.ts';
import type { ResultCall } from './documents.ts';
import type { SearchResult, SnippetLine } from './search-results.ts';

export interface ResultListProps {
  readonly results: readonly SearchResult[];
  /** Whether something else is being looked for. */
  readonly isStale: boolean;
  /** Where the page begins that was asked for last: 0 for the first. */
  readonly firstNewIndex: number;
}

/** Lines of a call that are shown: the call itself has them all. */
const LINES_SHOWN = 4;

export function ResultList({ results, isStale, firstNewIndex }: ResultListProps) {
  const list = useRef<HTMLOListElement>(null);
  // Whoever asked for loadMore goes on with the first that came, and is not left at a button that may be gone.
  useEffect(() => {
    if (firstNewIndex > 0) list.current!.children[firstNewIndex]?.querySelector('a')?.focus();
  }, [firstNewIndex]);
  const today = new Date().setHours(0, 0, 0, 0);
  return (
    <ol ref={list} className="results" aria-label="Calls" aria-busy={isStale}>
      {results.map((each) => (
        <Result key={each.call.id} results={each} today={today} />
      ))}
    </ol>
  );
}

const Result = memo(
  ({
    results: { call, summary, lines },
    today,
  }: {
    readonly results: SearchResult;
    readonly today: number;
  }) => {
    const { customer, other } = partiesOf(call);
    const loadMore = lines.length - LINES_SHOWN;
    return (
      <li className="result">
        <p className="result-parties clip">
          <Link href={`/calls/${call.id}`} className="result-link">
            {customer}
          </Link>{' '}
          <span className="faint">{other}</span>
        </p>
        <span className="result-provider">{call.provider.displayName}</span>
        <Outcome call={call} />
        <time
          className="result-when"
          dateTime={call.createdAt}
          title={new Date(call.createdAt).toLocaleString()}
        >
          {dateTimeText(call.createdAt, today)}
        </time>
        <span className="result-duration">
          {call.durationMs === null ? <span className="faint">–</span> : durationText(call.durationMs)}
        </span>
        {summary !== null && <p className="result-summary">{summary}</p>}
        {lines.length > 0 && (
          <ul className="result-lines">
            {lines.slice(0, LINES_SHOWN).map((line) => (
              <ResultLine key={line.id} callId={call.id} line={line} />
            ))}
            {loadMore > 0 && <li className="faint">and {loadMore} loadMore in this call</li>}
          </ul>
        )}
        {call.tags.length > 0 && (
          <ul className="tags result-tags" aria-label="Tags">
            {call.tags.map((tag) => (
              <li key={tag} className="tag">
                {tag}
              </li>
            ))}
          </ul>
        )}
      </li>
    );
  },
);

function Outcome({ call: { isLive, status, end } }: { readonly call: ResultCall }) {
  return (
    <span className="result-outcome" data-live={isLive}>
      {isLive ? STATUS_LABELS[status] : END_LABELS[end?.category ?? 'UNKNOWN']}
    </span>
  );
}

function ResultLine({ callId, line }: { readonly callId: string; readonly line: SnippetLine }) {
  const { id, party, parts, offsetMs } = line;
  return (
    <li className="result-line">
      <Link href={`/calls/${callId}?line=${id}`}>
        <span className="party-name" data-party={party}>
          {PARTY_LABELS[party]}
        </span>
        {offsetMs !== undefined && <span className="faint"> {durationText(offsetMs)}</span>}{' '}
        {parts.map(({ text, isMatch }, i) =>
          // Parts have no name but their place.
          isMatch ? <mark key={i}>{text}</mark> : <span key={i}>{text}</span>,
        )}
      </Link>
    </li>
  );
}
