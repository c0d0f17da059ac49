/** Shown when loading failed: the error, its remedy, its code, and a button to retry. */
import type { ApiError } from '../api/errors.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

export function ErrorState({ error, onRetry }: { readonly error: ApiError; readonly onRetry?: () => void }) {
  return (
    <section className="empty" role="alert">
      <span className="empty-icon">
        <Icon name="warning" size={28} />
      </span>
      <h2>{error.message}</h2>
      {error.remedy !== undefined && <p>{error.remedy}</p>}
      <p className="faint">
        <code>{error.code}</code>
      </p>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </section>
  );
}
