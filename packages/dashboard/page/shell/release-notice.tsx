/** Offers to reload the page when the daemon serves another release of it. It never reloads by itself: the user may be typing. */
import { use, useEffect, useState } from 'react';
import { ReconnectContext } from '../api/reconnect-context.ts';
import { hasNewRelease } from '../browser/release.ts';
import { Button } from '../ui/button.tsx';

export function ReleaseNotice() {
  const onReconnect = use(ReconnectContext);
  const [isShown, setShown] = useState(false);
  // A release can only change while the daemon is stopped.
  useEffect(
    () => onReconnect(() => void hasNewRelease().then((isNew) => isNew && setShown(true))),
    [onReconnect],
  );
  return (
    <div className="release-notice" role="status">
      {isShown && (
        <>
          <span>
            Sidetone was updated. Reload this page to use the new version; finish what you type first.
          </span>
          <Button kind="quiet" onClick={() => location.reload()}>
            Reload
          </Button>
          <Button kind="quiet" onClick={() => setShown(false)}>
            Later
          </Button>
        </>
      )}
    </div>
  );
}
