/**
 * Pages, dialogs and other parts whose script is loaded when they are shown, or before when the browser is idle. Unlike with
 * `lazy` of React, a script that could not be loaded is requested again by {@link retryFailedParts}.
 */
import { use, type ComponentType } from 'react';

interface PartModule<Props> {
  readonly default: ComponentType<Props>;
}

const preloads: (() => Promise<unknown>)[] = [];
const failed = new Set<() => void>();
/** Stylesheets that could not be loaded, of parts that have not failed yet. The bundler requests each of them once only. */
const failedLinks = new Set<HTMLLinkElement>();
globalThis.addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') failedLinks.add(target);
  },
  { capture: true },
);

/** @param load imports the module of the component. */
export function lazyPart<Props extends object>(load: () => Promise<PartModule<Props>>): ComponentType<Props> {
  let loading: Promise<ComponentType<Props>> | undefined;
  /** Those of this part. */
  let missingStyles: readonly HTMLLinkElement[] = [];

  function start(): Promise<ComponentType<Props>> {
    loading ??= Promise.all([load(), ...missingStyles.map(retryStyle)]).then(
      ([part]) => part.default,
      (cause: unknown) => {
        missingStyles = [...failedLinks];
        failedLinks.clear();
        failed.add(() => (loading = undefined));
        throw new PartLoadError('the script could not be loaded', { cause });
      },
    );
    return loading;
  }

  preloads.push(start);
  return function LazyPart(props) {
    const Part = use(start());
    return <Part {...props} />;
  };
}

/** The script of a part could not be loaded: the daemon is not reachable, or has another release. */
export class PartLoadError extends Error {}

function retryStyle(link: HTMLLinkElement): Promise<unknown> {
  const copy = link.cloneNode() as HTMLLinkElement;
  link.replaceWith(copy);
  return new Promise((resolve, reject) => {
    copy.addEventListener('load', resolve);
    copy.addEventListener('error', reject);
  });
}

/** Forgets failed requests, so that a part requests its script again when it is rendered. */
export function retryFailedParts(): void {
  for (const forget of failed) forget();
  failed.clear();
}

/** Loads the scripts of all parts, one after the other, so that they can be shown while the daemon is not reachable. */
export async function preloadParts(): Promise<void> {
  for (const preload of preloads) {
    await idle();
    // One that fails to load is requested again when it is shown.
    await preload().catch(() => retryFailedParts());
  }
}

const idle = (): Promise<void> =>
  new Promise((resolve) => {
    // Safari has no idle callbacks.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: 10_000 });
    else setTimeout(resolve, 1000);
  });
