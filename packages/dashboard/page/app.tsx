/** The root component: the sign-in page, or the page for the current URL. Pages other than the board load lazily. */
import { lazy, Suspense, useSyncExternalStore } from 'react';
import { Provider } from 'urql';
import { Route, Router, Switch } from 'wouter';
import { ROOT } from './api/root.ts';
import { SessionContext } from './session/session-context.ts';
import type { Session } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';
import { ListeningProvider } from './listening/listening-context.tsx';
import { Shell } from './shell/shell.tsx';
import { Board } from './board/board.tsx';
import { FloorProvider } from './board/floor.tsx';
import { EmptyState } from './ui/empty-state.tsx';
import { ErrorState } from './ui/error-state.tsx';
import { Loading } from './ui/loading.tsx';

const CallPage = lazy(() => import('./call/call-page.tsx'));
const HistoryPage = lazy(() => import('./history/history-page.tsx'));
const OverviewPage = lazy(() => import('./overview/overview-page.tsx'));
const ProvidersPage = lazy(() => import('./providers/providers-page.tsx'));
const PlacePage = lazy(() => import('./place/place-page.tsx'));
const AdminPage = lazy(() => import('./admin/admin-page.tsx'));

export function App({ session }: { readonly session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.state);
  if (state.status === 'loading') return <Loading label="Connecting…" />;
  if (state.status === 'signed-out') return <SignIn error={state.error} onToken={session.signIn} />;
  if (state.status === 'failed') {
    return (
      <main className="standalone">
        <ErrorState error={state.error} onRetry={() => void session.start()} />
      </main>
    );
  }
  const { viewer, api } = state;
  return (
    <SessionContext value={{ viewer, api, signOut: session.signOut }}>
      <Provider value={api.client}>
        <Router base={ROOT.replace(/\/$/, '')}>
          <FloorProvider>
            <ListeningProvider>
              <Shell>{viewer.scopes.has('READ') ? <Pages /> : <NoPermission name={viewer.name} />}</Shell>
            </ListeningProvider>
          </FloorProvider>
        </Router>
      </Provider>
    </SessionContext>
  );
}

function Pages() {
  return (
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
          <EmptyState title="Page not found" next={{ href: '/', label: 'Go to live calls' }}>
            This address does not exist.
          </EmptyState>
        </Route>
      </Switch>
    </Suspense>
  );
}

function NoPermission({ name }: { readonly name: string }) {
  return (
    <EmptyState title="No permission to view calls" icon="lock">
      The token <strong>{name}</strong> lacks the scope <code>read</code>. Ask the operator for a token with
      this scope, or sign in with another token.
    </EmptyState>
  );
}
