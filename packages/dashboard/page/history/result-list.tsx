/** The list of results: each call with its matching lines. */
import { memo, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { ROOT } from '../api/root.ts';
import { CopyButton } from '../ui/clipboard/copy-button.tsx';
import { dateTimeText, durationText } from '../ui/format.ts';
import { partiesOf } from '../ui/parties.ts';
import { Text } from '../ui/text/text.tsx';
import { END_LABELS, PARTY_LABELS, STATUS_LABELS } from '../ui/labels.ts';
import type { ResultCall } from './documents.ts';
import type { SearchResult, SnippetLine } from './search-results.ts';

interface ResultListProps {
  readonly results: readonly SearchResult[];
  /** Whether a new search is in progress. */
  readonly isStale: boolean;
  /** The index of the first result of the latest page. */
  readonly firstNewIndex: number;
}

/** The maximum number of matching lines to show for a call. */
const MAX_LINES = 4;

export function ResultList({ results, isStale, firstNewIndex }: ResultListProps) {
  const list = useRef<HTMLOListElement>(null);
  const seenIndex = useRef(firstNewIndex);
  // Move the focus to the first new result, because the button that loaded it may be gone.
  useEffect(() => {
    if (seenIndex.current === firstNewIndex) return;
    seenIndex.current = firstNewIndex;
    if (firstNewIndex > 0) list.current!.children[firstNewIndex]?.querySelector('a')?.focus();
  }, [firstNewIndex]);
  const today = new Date().setHours(0, 0, 0, 0);
  return (
    <ol ref={list} className="results" aria-label="Calls" aria-busy={isStale}>
      {results.map((result) => (
        <Result key={result.call.id} result={result} today={today} />
      ))}
    </ol>
  );
}

const Result = memo(
  ({
    result: { call, summary, lines },
    today,
  }: {
    readonly result: SearchResult;
    readonly today: number;
  }) => {
    const { customer, other } = partiesOf(call);
    const hidden = lines.length - MAX_LINES;
    return (
      <li className="result" data-call={call.id}>
        <p className="result-parties clip">
          <Link href={`/calls/${call.id}`} className="result-link">
            <Text>{customer}</Text>
          </Link>{' '}
          <span className="faint">{other}</span>
        </p>
        <Text className="result-provider clip">{call.provider.displayName}</Text>
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
        {summary !== null && (
          <Text as="p" className="result-summary">
            {summary}
          </Text>
        )}
        {lines.length > 0 && (
          <ul className="result-lines">
            {lines.slice(0, MAX_LINES).map((line) => (
              <ResultLine key={line.id} callId={call.id} line={line} />
            ))}
            {hidden > 0 && <li className="faint">{hidden} more in this call</li>}
          </ul>
        )}
        {call.tags.length > 0 && (
          <ul className="tags result-tags" aria-label="Tags">
            {call.tags.map((tag) => (
              <li key={tag} className="tag">
                <Text>{tag}</Text>
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
  const path = `/calls/${callId}?line=${id}`;
  return (
    <li className="result-line">
      <Link href={path}>
        <span className="party-name" data-party={party}>
          {PARTY_LABELS[party]}
        </span>
        {offsetMs !== undefined && <span className="faint"> {durationText(offsetMs)}</span>}{' '}
        <Text>
          {parts.map(({ text, isMatch }, i) =>
            // Parts have no id other than their index.
            isMatch ? <mark key={i}>{text}</mark> : <span key={i}>{text}</span>,
          )}
        </Text>
      </Link>
      <CopyButton
        className="result-copy"
        text={new URL(ROOT + path.slice(1), location.href).href}
        label="Copy link"
        what="to this line"
      />
    </li>
  );
}
