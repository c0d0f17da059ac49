/** What stands around every page: where one can go, whether it is live, and who looks. */
import { useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react';
import { Link as RouteLink, useLocation, useRoute } from 'wouter';
import { useSession } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { Brand } from '../ui/brand.tsx';
import { ConnectionBadge } from './connection-badge.tsx';
import { ThemeSwitch } from './theme-switch.tsx';
import './shell.css';

const PLACES = [
  { href: '/', label: 'Live' },
  { href: '/history', label: 'History' },
  { href: '/overview', label: 'Overview' },
] as const;

export function Shell({ children }: { readonly children: ReactNode }) {
  const { viewer, api, signOut } = useSession();
  const { connection } = api.socket;
  const { status } = useSyncExternalStore(connection.subscribe, connection.state);
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const before = useRef(path);
  useEffect(() => {
    // Another page: whoever does not see it is taken to its beginning, as by a page that is loaded.
    if (before.current !== path) main.current?.focus();
    before.current = path;
  }, [path]);
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <header className="shell-header">
        <Brand />
        <nav className="shell-nav" aria-label="Pages">
          {PLACES.map((place) => (
            <Place key={place.href} {...place} />
          ))}
        </nav>
        <div className="shell-actions">
          <ConnectionBadge socket={api.socket} />
          <ThemeSwitch />
          {api.token !== undefined && (
            <Button kind="quiet" onClick={signOut} title={`Signed in as ${viewer.name}`}>
              Sign out
            </Button>
          )}
        </div>
      </header>
      <main id="main" ref={main} className="shell-main" tabIndex={-1} data-connection={status}>
        {children}
      </main>
    </div>
  );
}

function Place({ href, label }: (typeof PLACES)[number]) {
  const [isHere] = useRoute(href);
  return (
    <RouteLink href={href} className="shell-nav-link" aria-current={isHere ? 'page' : undefined}>
      {label}
    </RouteLink>
  );
}
