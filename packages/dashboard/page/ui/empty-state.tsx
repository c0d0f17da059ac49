/** Shown when there is no data: the reason and the next step. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon, type IconName } from './icon.tsx';

interface EmptyStateProps {
  readonly title: string;
  /** `h1` if it is all that the page shows. Default: `h2`. */
  readonly heading?: 'h1' | 'h2';
  readonly icon?: IconName;
  readonly children: ReactNode;
  /** A link to the next step. */
  readonly next?: { readonly href: string; readonly label: string };
  /** Buttons. */
  readonly actions?: ReactNode;
}

export function EmptyState({
  title,
  heading: Heading = 'h2',
  icon = 'phone',
  children,
  next,
  actions,
}: EmptyStateProps) {
  return (
    <section className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={28} />
      </span>
      <Heading>{title}</Heading>
      <p>{children}</p>
      {next && (
        <Link href={next.href} className="button button-plain">
          {next.label}
        </Link>
      )}
      {actions !== undefined && <div className="empty-actions">{actions}</div>}
    </section>
  );
}
