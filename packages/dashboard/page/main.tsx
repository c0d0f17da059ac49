import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createSession } from './session/session.ts';
import { createTokenShelf } from './session/token.ts';
import { applyTheme } from './shell/theme.ts';
import './styles/tokens.css';
import './styles/base.css';

applyTheme();
const session = createSession(createTokenShelf(sessionStorage));
void session.begin();
createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <App session={session} />
  </StrictMode>,
);
