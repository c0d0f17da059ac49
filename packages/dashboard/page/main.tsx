import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createSession } from './session/session.ts';
import { createTokenStore } from './session/token-store.ts';
import { applyTheme } from './shell/theme.ts';
import './styles/tokens.css';
import './styles/base.css';

applyTheme();
const session = createSession(createTokenStore(sessionStorage));
void session.start();
createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <App session={session} />
  </StrictMode>,
);
