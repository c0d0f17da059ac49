/** What stands at `/` where the dashboard was not built. */
export const FRONT_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sidetone</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color: #1d2733 }
  @media (prefers-color-scheme: dark) { body { background: #11161c; color: #dfe6ee } a { color: #8ec2ff } }
</style>
<h1>Sidetone</h1>
<p>The line is alive. The dashboard was not built: <code>npm run build</code> builds it, and it is here after a restart.</p>
<p>Live calls, their words and their levels are in the GraphQL API: <a href="/graphql">open GraphiQL</a>.</p>
</html>
`;
