/** Shows a message in place of a part of the page that failed, so that the rest remains usable. */
import { Component, type ReactNode } from 'react';
import { PartLoadError, retryFailedParts } from '../browser/lazy-part.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

interface ErrorBoundaryProps {
  readonly children: ReactNode;
  /** The error is forgotten when it changes, for example the path of the page. */
  readonly resetKey?: string;
  /** Calls the listener when the daemon is reachable again. Returns a function that stops this. */
  readonly onReconnect?: (listener: () => void) => () => void;
}

interface ErrorBoundaryState {
  readonly error?: unknown;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = {};
  #stop: (() => void) | undefined;

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { error };
  }

  override componentDidMount(): void {
    this.#stop = this.props.onReconnect?.(() => {
      if (this.state.error instanceof PartLoadError) this.retry();
    });
  }

  override componentDidUpdate({ resetKey }: ErrorBoundaryProps): void {
    if (resetKey !== this.props.resetKey && this.state.error !== undefined) this.retry();
  }

  override componentWillUnmount(): void {
    this.#stop?.();
  }

  retry = (): void => {
    retryFailedParts();
    this.setState({ error: undefined });
  };

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <EmptyState
        heading="h1"
        title="This page could not be loaded"
        icon="warning"
        actions={
          <>
            <Button kind="primary" onClick={this.retry}>
              Try again
            </Button>
            <Button onClick={() => location.reload()}>Reload</Button>
          </>
        }
      >
        {error instanceof PartLoadError
          ? 'The daemon is not reachable, or it was updated while this tab was open. Reload the page if it does not appear when the daemon is back.'
          : 'An unexpected error occurred on this page. The other pages still work.'}
      </EmptyState>
    );
  }
}
