/**
 * Pages whose script is loaded when they are opened, or before when the browser is idle. Unlike with `lazy` of React, a script
 * that could not be loaded is requested again by {@link retryFailedPages}.
 */
import { use, type ComponentType } from 'react';

interface PageModule<Props> {
  readonly default: ComponentType<Props>;
}

const preloads: (() => Promise<unknown>)[] = [];
const failed = new Set<() => void>();
/** Stylesheets that could not be loaded. The bundler requests each of them once only. */
const failedLinks = new Set<HTMLLinkElement>();
globalThis.addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') failedLinks.add(target);
  },
  { capture: true },
);

/** @param load imports the module of the page. */
export function lazyPage<Props extends object>(load: () => Promise<PageModule<Props>>): ComponentType<Props> {
  let loading: Promise<ComponentType<Props>> | undefined;

  function start(): Promise<ComponentType<Props>> {
    loading ??= Promise.all([load(), ...retryStyles()]).then(
      ([page]) => page.default,
      (cause: unknown) => {
        failed.add(() => (loading = undefined));
        throw new PageLoadError('the script of the page could not be loaded', { cause });
      },
    );
    return loading;
  }

  preloads.push(start);
  return function LazyPage(props) {
    const Page = use(start());
    return <Page {...props} />;
  };
}

/** The script of a page could not be loaded: the daemon is not reachable, or has another release. */
export class PageLoadError extends Error {}

function retryStyles(): Promise<unknown>[] {
  const links = [...failedLinks];
  failedLinks.clear();
  return links.map((link) => {
    const copy = link.cloneNode() as HTMLLinkElement;
    link.replaceWith(copy);
    return new Promise((resolve, reject) => {
      copy.addEventListener('load', resolve);
      copy.addEventListener('error', reject);
    });
  });
}

/** Forgets failed requests, so that a page requests its script again when it is rendered. */
export function retryFailedPages(): void {
  for (const forget of failed) forget();
  failed.clear();
}

/** Loads the scripts of all pages, one after the other, so that they can be opened while the daemon is not reachable. */
export async function preloadPages(): Promise<void> {
  for (const preload of preloads) {
    await idle();
    // A page that fails to load is requested again when it is opened.
    await preload().catch(() => retryFailedPages());
  }
}

const idle = (): Promise<void> =>
  new Promise((resolve) => {
    // Safari has no idle callbacks.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: 10_000 });
    else setTimeout(resolve, 1000);
  });
