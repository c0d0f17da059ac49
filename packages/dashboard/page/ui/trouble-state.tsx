/** Where something could not be had: what went wrong, what to do about it, and a way to try again. */
import type { Trouble } from '../api/errors.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

export function TroubleState({
  trouble,
  onRetry,
}: {
  readonly trouble: Trouble;
  readonly onRetry?: () => void;
}) {
  return (
    <section className="empty" role="alert">
      <span className="empty-icon">
        <Icon name="warning" size={28} />
      </span>
      <h2>{trouble.message}</h2>
      {trouble.remedy !== undefined && <p>{trouble.remedy}</p>}
      <p className="faint">
        <code>{trouble.code}</code>
      </p>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </section>
  );
}
