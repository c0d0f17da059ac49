/** Shown when there is no data: the reason and the next step. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon, type IconName } from './icon.tsx';

interface EmptyStateProps {
  readonly title: string;
  readonly icon?: IconName;
  readonly children: ReactNode;
  /** A link to the next step. */
  readonly next?: { readonly href: string; readonly label: string };
}

export function EmptyState({ title, icon = 'phone', children, next }: EmptyStateProps) {
  return (
    <section className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={28} />
      </span>
      <h2>{title}</h2>
      <p>{children}</p>
      {next && (
        <Link href={next.href} className="button button-plain">
          {next.label}
        </Link>
      )}
    </section>
  );
}
