/** The base path: the path of `server.publicUrl`, which proxies may keep or remove. */

/** The first segments of the routes, which a base path must not begin with. */
const ROUTES = [
  'graphql',
  'graphiql',
  'calls',
  'providers',
  'assets',
  'history',
  'overview',
  'place-call',
  'admin',
  'export',
  'metrics',
  'healthz',
  'readyz',
];

/** Returns a path without repeated slashes and without one at its end. */
export const withoutExcessSlashes = (path: string): string => path.replace(/\/{2,}/g, '/').replace(/\/$/, '');

/** Returns the base path of a public URL: empty, or such as `/sidetone`. */
export const basePathOf = (publicUrl: URL | undefined): string =>
  withoutExcessSlashes(publicUrl?.pathname ?? '');

/** Returns whether no route begins like the base path of a public URL. */
export const isBaseUrl = (publicUrl: URL): boolean =>
  !ROUTES.includes(basePathOf(publicUrl).split('/')[1] ?? '');
