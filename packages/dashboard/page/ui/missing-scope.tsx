/** Says in the place of a feature which scope the token lacks. */
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface MissingScopeProps {
  readonly scope: 'read' | 'listen' | 'control' | 'admin';
  /** What the viewer cannot do, such as `You cannot place calls.` */
  readonly children: ReactNode;
}

export function MissingScope({ scope, children }: MissingScopeProps) {
  return (
    <p className="missing-scope muted">
      <Icon name="lock" /> {children} The access token lacks the scope <code>{scope}</code>.
    </p>
  );
}
