/** A button that copies a text, and says so. */
import { useEffect, useState } from 'react';
import { Button } from '../button.tsx';
import { copyText } from './copy-text.ts';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for screen readers. */
  readonly what: string;
  readonly label?: string;
  readonly className?: string;
  readonly tabIndex?: number;
}

/** How long the outcome is shown, ms. */
const SHOWN_MS = 2500;

const LABELS = { copied: 'Copied', failed: 'Press Ctrl+C' } as const;

export function CopyButton({ text, what, label = 'Copy', className, tabIndex }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<keyof typeof LABELS>();
  useEffect(() => {
    if (!outcome) return undefined;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  return (
    <>
      <Button
        kind="quiet"
        {...(className !== undefined && { className })}
        {...(tabIndex !== undefined && { tabIndex })}
        onClick={() => void copyText(text).then((isCopied) => setOutcome(isCopied ? 'copied' : 'failed'))}
      >
        {outcome ? LABELS[outcome] : label}
        <span className="visually-hidden"> {what}</span>
      </Button>
      <span className="visually-hidden" role="status">
        {outcome && LABELS[outcome]}
      </span>
    </>
  );
}
