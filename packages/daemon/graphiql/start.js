/** Starts GraphiQL. The build puts this file between the library and the page. */
(() => {
  // A query in the URL could come from another site: one click would run it.
  history.replaceState(null, '', location.pathname);
  // Versions before this one kept the headers, and with them access tokens.
  localStorage.removeItem('graphiql:headers');

  const { assets, subscriptions, query } = document.body.dataset;
  const workers = JSON.parse(assets);
  globalThis.MonacoEnvironment = {
    globalAPI: false,
    getWorkerUrl: (_id, label) => new URL(workers[label], location.href).href,
  };
  globalThis.YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
    title: 'Sidetone',
    endpoint: location.pathname,
    subscriptionsProtocol: subscriptions,
    defaultQuery: query,
    shouldPersistHeaders: false,
    // The library's own handler writes the query into the URL.
    onEditQuery: () => undefined,
  });
})();
