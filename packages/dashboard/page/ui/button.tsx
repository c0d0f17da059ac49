import type { ButtonHTMLAttributes } from 'react';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet' | 'icon';
  /** Whether what it began is under way: it cannot be pressed again meanwhile, and keeps the focus. */
  readonly isBusy?: boolean;
}

/** A button. One that is busy keeps its place in the order of focus, so that the keyboard is not lost. */
export function Button({
  kind = 'plain',
  isBusy = false,
  className,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={['button', `button-${kind}`, className].filter(Boolean).join(' ')}
      aria-disabled={isBusy || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
    />
  );
}
