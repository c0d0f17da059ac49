/** Who else watches this call or listens to it, in words. */
import { Icon } from '../ui/icon.tsx';
import { isolate } from '../ui/text/isolate.ts';
import { namesText } from './presence.ts';
import { usePresence } from './use-presence.ts';

export function CallOthers({ callId }: { readonly callId: string }) {
  const others = usePresence([callId], callId).get(callId);
  if (!others) return null;
  const { listeners, viewers } = others;
  return (
    <span className="call-others muted" role="status">
      {listeners.length > 0 && (
        <span>
          <Icon name="headphones" size={14} /> {isolate(namesText(listeners))} listening
        </span>
      )}
      {viewers.length > 0 && (
        <span>
          <Icon name="eye" size={14} /> {isolate(namesText(viewers))} watching
        </span>
      )}
    </span>
  );
}
