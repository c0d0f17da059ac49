/**
 * Notices about providers and transcribers, on every page: calls or transcripts may be missing. They are at the bottom, so
 * that nothing on the page moves when one appears.
 */
import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Text } from '../ui/text/text.tsx';
import { HEALTH } from './documents.ts';
import { noticesOf } from './notices.ts';
import './notice-list.css';

/** The API has no subscription for the state of providers. */
const POLL_MS = 15_000;

export default function NoticeList() {
  const [{ data }, refetch] = useQuery({ query: HEALTH, requestPolicy: 'cache-and-network' });
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const timer = setInterval(() => refetch({ requestPolicy: 'network-only' }), POLL_MS);
    return () => clearInterval(timer);
  }, [refetch]);
  const notices = data ? noticesOf(data, Date.now()).filter(({ key }) => !hidden.has(key)) : [];
  return (
    <section
      className="notices"
      aria-label="Notices"
      aria-live="polite"
      tabIndex={notices.length > 0 ? 0 : -1}
    >
      <ul>
        {notices.map(({ key, name, text, canHide }) => (
          <li key={key}>
            <Icon name="warning" />
            <span>
              <Text as="strong">{name}</Text> <Text>{text}</Text>
            </span>
            {canHide && (
              <Button kind="quiet" onClick={() => setHidden(new Set([...hidden, key]))}>
                Hide
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
