/** The root component: the sign-in page, or the page for the current URL. Pages other than the board load lazily. */
import { Suspense, useMemo, useSyncExternalStore } from 'react';
import { Provider } from 'urql';
import { Route, Router, Switch, useLocation } from 'wouter';
import { onLive } from './api/connection.ts';
import { ReconnectContext, type OnReconnect } from './api/reconnect-context.ts';
import { ROOT } from './api/root.ts';
import { lazyPart } from './browser/lazy-part.tsx';
import { SessionContext } from './session/session-context.ts';
import type { Session, SignedInState } from './session/session.ts';
import { ListeningProvider } from './listening/listening-context.tsx';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { Shell } from './shell/shell.tsx';
import { Board } from './board/board.tsx';
import { FloorProvider } from './board/floor.tsx';
import { EmptyState } from './ui/empty-state.tsx';
import { ErrorState } from './ui/error-state.tsx';
import { Loading } from './ui/loading.tsx';

const SignIn = lazyPart(() => import('./session/sign-in.tsx'));
const CallPage = lazyPart(() => import('./call/call-page.tsx'));
const HistoryPage = lazyPart(() => import('./history/history-page.tsx'));
const OverviewPage = lazyPart(() => import('./overview/overview-page.tsx'));
const ProvidersPage = lazyPart(() => import('./providers/providers-page.tsx'));
const PlacePage = lazyPart(() => import('./place/place-page.tsx'));
const AdminPage = lazyPart(() => import('./admin/admin-page.tsx'));

export function App({ session }: { readonly session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.state);
  if (state.status === 'loading') return <Loading label="Connecting…" />;
  if (state.status === 'signed-out') {
    return (
      <Suspense fallback={<Loading label="Loading…" />}>
        <SignIn error={state.error} onToken={session.signIn} />
      </Suspense>
    );
  }
  if (state.status === 'failed') {
    return (
      <main className="standalone">
        <ErrorState heading="h1" error={state.error} onRetry={() => void session.start()} />
      </main>
    );
  }
  return <SignedIn state={state} signOut={session.signOut} />;
}

interface SignedInProps {
  readonly state: SignedInState;
  readonly signOut: () => void;
}

function SignedIn({ state: { viewer, api }, signOut }: SignedInProps) {
  const onReconnect = useMemo<OnReconnect>(
    () => (listener) => onLive(api.socket.connection, listener),
    [api],
  );
  return (
    <SessionContext value={{ viewer, api, signOut }}>
      <ReconnectContext value={onReconnect}>
        <Provider value={api.client}>
          <Router base={ROOT.replace(/\/$/, '')}>
            <FloorProvider>
              <ListeningProvider>
                <Shell>
                  {viewer.scopes.has('READ') ? (
                    <Pages onReconnect={onReconnect} />
                  ) : (
                    <NoPermission name={viewer.name} />
                  )}
                </Shell>
              </ListeningProvider>
            </FloorProvider>
          </Router>
        </Provider>
      </ReconnectContext>
    </SessionContext>
  );
}

function Pages({ onReconnect }: { readonly onReconnect: OnReconnect }) {
  const [path] = useLocation();
  return (
    <ErrorBoundary resetKey={path} onReconnect={onReconnect}>
      <Suspense fallback={<Loading label="Loading…" />}>
        <Switch>
          <Route path="/" component={Board} />
          <Route path="/calls/:id">{({ id }) => <CallPage key={id} callId={id} />}</Route>
          <Route path="/history" component={HistoryPage} />
          <Route path="/overview" component={OverviewPage} />
          <Route path="/providers" component={ProvidersPage} />
          <Route path="/place-call" component={PlacePage} />
          <Route path="/admin/:section?">{({ section }) => <AdminPage section={section} />}</Route>
          <Route>
            <EmptyState heading="h1" title="Page not found" next={{ href: '/', label: 'Go to live calls' }}>
              This address does not exist.
            </EmptyState>
          </Route>
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}

function NoPermission({ name }: { readonly name: string }) {
  return (
    <EmptyState heading="h1" title="No permission to view calls" icon="lock">
      The token <strong>{name}</strong> lacks the scope <code>read</code>. Ask the operator for a token with
      this scope, or sign in with another token.
    </EmptyState>
  );
}
