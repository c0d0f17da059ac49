/** Who else watches a call or listens to it, as icons with numbers; the names are in the title and for screen readers. */
import { Icon } from '../ui/icon.tsx';
import { namesText, type Others } from './presence.ts';

export function OthersBadge({ listeners, viewers }: Others) {
  return (
    <span className="others-badge">
      {listeners.length > 0 && (
        <span title={`${namesText(listeners)} listening`}>
          <Icon name="headphones" size={14} />
          <span aria-hidden="true">{listeners.length}</span>
          <span className="visually-hidden">{namesText(listeners)} listening</span>
        </span>
      )}
      {viewers.length > 0 && (
        <span title={`${namesText(viewers)} watching`}>
          <Icon name="eye" size={14} />
          <span aria-hidden="true">{viewers.length}</span>
          <span className="visually-hidden">{namesText(viewers)} watching</span>
        </span>
      )}
    </span>
  );
}
