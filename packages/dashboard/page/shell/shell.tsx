/** The frame of every page: navigation, connection status and sign-out. */
import { Suspense, useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react';
import { Link as RouteLink, useLocation, useRoute } from 'wouter';
import { useSession } from '../session/session-context.ts';
import { SessionMenu } from '../session/session-menu.tsx';
import { ListeningSlot } from '../listening/listening-slot.tsx';
import { lazyPart } from '../browser/lazy-part.tsx';
import { Brand } from '../ui/brand.tsx';
import { ShortcutsSlot } from '../shortcuts/shortcuts-slot.tsx';
import { ConnectionBadge } from './connection-badge.tsx';
import { ReleaseNotice } from './release-notice.tsx';
import { ThemeSwitch } from './theme-switch.tsx';
import './shell.css';

/** Not needed for the first view: it is at the bottom, and asks for the state of providers first. */
const NoticeList = lazyPart(() => import('../notices/notice-list.tsx'));

const NAV_ITEMS = [
  { href: '/', label: 'Live' },
  { href: '/history', label: 'History' },
  { href: '/overview', label: 'Overview' },
  { href: '/providers', label: 'Providers' },
  { href: '/admin', label: 'Admin' },
] as const;

export function Shell({ children }: { readonly children: ReactNode }) {
  const { viewer, api } = useSession();
  const { connection } = api.socket;
  const { status } = useSyncExternalStore(connection.subscribe, connection.state);
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const previousPath = useRef(path);
  /** Where the page was when the focus moved within it. The link that was followed is still there while the next page loads. */
  const focusedAt = useRef<string>(undefined);
  useEffect(() => {
    // Move the focus to the new page, so that screen readers start reading there, unless the page has moved it itself.
    const isMoved = focusedAt.current === location.pathname && main.current?.contains(document.activeElement);
    if (previousPath.current !== path && !isMoved) main.current?.focus();
    previousPath.current = path;
  }, [path]);
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <header className="shell-header">
        <Brand />
        <nav className="shell-nav" aria-label="Pages">
          {NAV_ITEMS.map((item) => (
            <NavLink key={item.href} {...item} />
          ))}
        </nav>
        <div className="shell-actions">
          <ConnectionBadge socket={api.socket} />
          <ShortcutsSlot />
          <ThemeSwitch />
          {api.token !== undefined && <SessionMenu />}
        </div>
      </header>
      <main
        id="main"
        ref={main}
        className="shell-main"
        tabIndex={-1}
        data-connection={status}
        onFocus={() => void (focusedAt.current = location.pathname)}
      >
        {children}
      </main>
      <ListeningSlot />
      <ReleaseNotice />
      <Suspense>{viewer.scopes.has('READ') && <NoticeList />}</Suspense>
    </div>
  );
}

function NavLink({ href, label }: (typeof NAV_ITEMS)[number]) {
  // Pages below it belong to it, but not all pages to the board.
  const [isCurrent] = useRoute(href === '/' ? '/' : `${href}/*?`);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isCurrent) link.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [isCurrent]);
  return (
    <RouteLink
      ref={link}
      href={href}
      className="shell-nav-link"
      aria-current={isCurrent ? 'page' : undefined}
    >
      {label}
    </RouteLink>
  );
}
