import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { ROOT } from './api/root.ts';
import { preloadParts } from './browser/lazy-part.tsx';
import { deviceStorage, tabStorage } from './browser/storage.ts';
import { createSession } from './session/session.ts';
import { openChannel } from './session/token-peers.ts';
import { createTokenStore } from './session/token-store.ts';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { applyTheme } from './shell/theme.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/print.css';

applyTheme();
// The address in the document is relative, and the path of the page changes without loading another document.
const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
if (icon) icon.href = `${ROOT}icon.svg`;
const session = createSession(createTokenStore(tabStorage, deviceStorage), openChannel(ROOT));
void session.start();
createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <ErrorBoundary>
      <App session={session} />
    </ErrorBoundary>
  </StrictMode>,
);
void preloadParts();
