/** What is shown: sign-in, or the page that the address names. Each page is a script of its own. */
import { lazy, Suspense, useSyncExternalStore } from 'react';
import { Provider } from 'urql';
import { Route, Switch } from 'wouter';
import { SessionContext } from './session/session-context.ts';
import type { Session } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';
import { Shell } from './shell/shell.tsx';
import { Board } from './board/board.tsx';
import { EmptyState } from './ui/empty-state.tsx';
import { ErrorState } from './ui/error-state.tsx';
import { Loading } from './ui/loading.tsx';

const CallPage = lazy(() => import('./call/call-page.tsx'));
const HistoryPage = lazy(() => import('./history/history-page.tsx'));
const OverviewPage = lazy(() => import('./overview/overview-page.tsx'));

export function App({ session }: { readonly session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.state);
  if (state.status === 'asking') return <Loading label="Asking the daemon…" />;
  if (state.status === 'out') return <SignIn error={state.error} onToken={session.signIn} />;
  if (state.status === 'failed') {
    return (
      <main className="standalone">
        <ErrorState error={state.error} onRetry={() => void session.begin()} />
      </main>
    );
  }
  const { viewer, api } = state;
  return (
    <SessionContext value={{ viewer, api, signOut: session.signOut }}>
      <Provider value={api.client}>
        <Shell>{viewer.scopes.has('READ') ? <Pages /> : <NoPermission name={viewer.name} />}</Shell>
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
        <Route>
          <EmptyState title="There is nothing here" next={{ href: '/', label: 'To the live board' }}>
            This address leads nowhere.
          </EmptyState>
        </Route>
      </Switch>
    </Suspense>
  );
}

function NoPermission({ name }: { readonly name: string }) {
  return (
    <EmptyState title="This token may not see calls" icon="lock">
      The token <strong>{name}</strong> lacks the scope <code>read</code>. Ask whoever runs this daemon for
      one that has it, or sign in with another.
    </EmptyState>
  );
}
