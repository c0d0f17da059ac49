/** Why a call needs attention: an icon and words, never colour alone. */
import { Elapsed } from '../ui/clock.tsx';
import { Icon } from '../ui/icon.tsx';
import type { Reason } from './reasons.ts';
import { RULES } from './rules.ts';

export function AttentionBadge({ reasons }: { readonly reasons: readonly Reason[] }) {
  const [first, ...others] = reasons;
  if (!first) return null;
  const all = reasons.map(({ rule }) => RULES[rule].text).join(', ');
  return (
    <span className="attention-badge" title={all}>
      <Icon name="warning" size={14} />
      <span>
        {RULES[first.rule].text}
        {first.since !== undefined && first.rule !== 'long' && (
          <>
            {' '}
            <Elapsed since={first.since} />
          </>
        )}
        {others.length > 0 && (
          <>
            <span aria-hidden="true"> +{others.length}</span>
            <span className="visually-hidden">, {others.map(({ rule }) => RULES[rule].text).join(', ')}</span>
          </>
        )}
      </span>
    </span>
  );
}
