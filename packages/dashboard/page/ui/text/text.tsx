/**
 * Text that a caller, a provider or a user wrote. Its direction follows from its first letter, it does not reorder the text around
 * it, and words of any length are wrapped. Use {@link isolate} where only a string is possible.
 */
import type { HTMLAttributes } from 'react';

interface TextProps extends HTMLAttributes<HTMLElement> {
  readonly as?: 'bdi' | 'span' | 'p' | 'strong';
}

export function Text({ as: Tag = 'bdi', className, ...rest }: TextProps) {
  return <Tag dir="auto" {...rest} className={className === undefined ? 'text' : `text ${className}`} />;
}
