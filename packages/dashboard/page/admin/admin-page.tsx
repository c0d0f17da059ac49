/** Administration: access tokens, the audit log and stored data. */
import type { ReactNode } from 'react';
import { Link, useRoute } from 'wouter';
import { useHasScope } from '../session/session-context.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { MissingScope } from '../ui/missing-scope.tsx';
import { useTitle } from '../ui/use-title.ts';
import '../ui/page.css';
import { AuditSection } from './audit/audit-section.tsx';
import { DataSection } from './data/data-section.tsx';
import { TokensSection } from './tokens/tokens-section.tsx';
import './admin.css';

const SECTIONS = {
  tokens: { title: 'Access tokens', content: TokensSection },
  audit: { title: 'Audit log', content: AuditSection },
  data: { title: 'Stored data', content: DataSection },
} as const satisfies Record<string, { title: string; content: () => ReactNode }>;

type Section = keyof typeof SECTIONS;

const isSection = (name: string): name is Section => Object.hasOwn(SECTIONS, name);

export default function AdminPage({ section = 'tokens' }: { readonly section?: string | undefined }) {
  const isAdmin = useHasScope('ADMIN');
  const known = isSection(section) ? SECTIONS[section] : undefined;
  useTitle(known?.title ?? 'Administration');
  return (
    <div className="page">
      <div className="page-header">
        <h1>{known?.title ?? 'Administration'}</h1>
        <nav className="admin-nav" aria-label="Administration">
          {Object.entries(SECTIONS).map(([name, { title }]) => (
            <SectionLink key={name} href={`/admin/${name}`} title={title} isDefault={name === 'tokens'} />
          ))}
        </nav>
      </div>
      {!isAdmin ? (
        <MissingScope scope="admin">You cannot see or change this.</MissingScope>
      ) : known ? (
        <known.content />
      ) : (
        <EmptyState title="Page not found" next={{ href: '/admin', label: 'Go to access tokens' }}>
          This address does not exist.
        </EmptyState>
      )}
    </div>
  );
}

interface SectionLinkProps {
  readonly href: string;
  readonly title: string;
  /** Whether it is shown at `/admin` as well. */
  readonly isDefault: boolean;
}

function SectionLink({ href, title, isDefault }: SectionLinkProps) {
  const [isHere] = useRoute(href);
  const [isAtRoot] = useRoute('/admin');
  return (
    <Link
      href={href}
      className="admin-nav-link"
      aria-current={isHere || (isDefault && isAtRoot) ? 'page' : undefined}
    >
      {title}
    </Link>
  );
}
