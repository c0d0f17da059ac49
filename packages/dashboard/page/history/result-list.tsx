/** The calls that were found, each with the lines that it was found by. */
import { memo, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { clockText } from '../ui/format.ts';
import { partiesOf } from '../ui/parties.ts';
import { whenText } from '../ui/when.ts';
import { END_WORDS, PARTY_WORDS, STATUS_WORDS } from '../ui/words.ts';
import type { FoundCall } from './documents.ts';
import type { Found, FoundLine } from './results.ts';

export interface ResultListProps {
  readonly found: readonly Found[];
  /** Whether something else is being looked for. */
  readonly isOld: boolean;
  /** Where the page begins that was asked for last: 0 for the first. */
  readonly newFrom: number;
}

/** Lines of a call that are shown: the call itself has them all. */
const LINES_SHOWN = 4;

export function ResultList({ found, isOld, newFrom }: ResultListProps) {
  const list = useRef<HTMLOListElement>(null);
  // Whoever asked for more goes on with the first that came, and is not left at a button that may be gone.
  useEffect(() => {
    if (newFrom > 0) list.current!.children[newFrom]?.querySelector('a')?.focus();
  }, [newFrom]);
  const today = new Date().setHours(0, 0, 0, 0);
  return (
    <ol ref={list} className="results" aria-label="Calls" aria-busy={isOld}>
      {found.map((each) => (
        <Result key={each.call.id} found={each} today={today} />
      ))}
    </ol>
  );
}

const Result = memo(
  ({ found: { call, summary, lines }, today }: { readonly found: Found; readonly today: number }) => {
    const { customer, other } = partiesOf(call);
    const more = lines.length - LINES_SHOWN;
    return (
      <li className="result">
        <p className="result-who clip">
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
          {whenText(call.createdAt, today)}
        </time>
        <span className="result-length">
          {call.durationMs === null ? <span className="faint">–</span> : clockText(call.durationMs)}
        </span>
        {summary !== null && <p className="result-summary">{summary}</p>}
        {lines.length > 0 && (
          <ul className="result-lines">
            {lines.slice(0, LINES_SHOWN).map((line) => (
              <ResultLine key={line.id} callId={call.id} line={line} />
            ))}
            {more > 0 && <li className="faint">and {more} more in this call</li>}
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

function Outcome({ call: { isLive, status, end } }: { readonly call: FoundCall }) {
  return (
    <span className="result-outcome" data-live={isLive}>
      {isLive ? STATUS_WORDS[status] : END_WORDS[end?.category ?? 'UNKNOWN']}
    </span>
  );
}

function ResultLine({ callId, line }: { readonly callId: string; readonly line: FoundLine }) {
  const { id, party, parts, offsetMs } = line;
  return (
    <li className="result-line">
      <Link href={`/calls/${callId}?line=${id}`}>
        <span className="party-name" data-party={party}>
          {PARTY_WORDS[party]}
        </span>
        {offsetMs !== undefined && <span className="faint"> {clockText(offsetMs)}</span>}{' '}
        {parts.map(({ text, isMatch }, i) =>
          // Parts have no name but their place.
          isMatch ? <mark key={i}>{text}</mark> : <span key={i}>{text}</span>,
        )}
      </Link>
    </li>
  );
}
