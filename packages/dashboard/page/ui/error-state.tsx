/** Shown when loading failed: the error, its remedy, its code, and a button to retry. Retries when the daemon is reachable again. */
import { use, useEffect, useEffectEvent } from 'react';
import type { ApiError } from '../api/errors.ts';
import { ReconnectContext } from '../api/reconnect-context.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

interface ErrorStateProps {
  readonly error: ApiError;
  readonly onRetry?: () => void;
  /** `h1` if it is all that the page shows. Default: `h2`. */
  readonly heading?: 'h1' | 'h2';
}

export function ErrorState({ error, onRetry, heading: Heading = 'h2' }: ErrorStateProps) {
  const onReconnect = use(ReconnectContext);
  const retry = useEffectEvent(() => error.code === 'NETWORK' && onRetry?.());
  useEffect(() => onReconnect(() => retry()), [onReconnect]);
  return (
    <section className="empty" role="alert">
      <span className="empty-icon">
        <Icon name="warning" size={28} />
      </span>
      <Heading>{error.message}</Heading>
      {error.remedy !== undefined && <p>{error.remedy}</p>}
      <p className="faint">
        <code>{error.code}</code>
      </p>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </section>
  );
}
