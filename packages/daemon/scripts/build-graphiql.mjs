/** Builds GraphiQL as static, compressed files, if its sources changed since the last build. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const LIBRARY = import.meta.resolve('@graphql-yoga/render-graphiql/graphiql');
const BROTLI_QUALITY = 9;

/** Tokens are sent as headers, which a browser cannot add to a WebSocket; SSE sends them. */
const PAGES = { 'open.html': 'WS', 'tokens.html': 'SSE' };

const sha256 = (...parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
const escapeAttribute = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** Writes the pages to `folder`, and to `folder/assets` files whose names contain a hash of their content. */
export async function buildGraphiql(folder, { quality = BROTLI_QUALITY } = {}) {
  const { js, css, editorWorkerService, jsonWorker, graphqlWorker } = await import(LIBRARY);
  const start = readFileSync(`${HERE}graphiql/start.js`, 'utf8');
  const query = readFileSync(`${HERE}graphiql/first-query.graphql`, 'utf8');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(`${folder}/assets`, { recursive: true });

  function writeCompressed(name, content) {
    writeFileSync(`${folder}/${name}`, content);
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
    writeFileSync(`${folder}/${name}.br`, brotliCompressSync(content, { params }));
    writeFileSync(`${folder}/${name}.gz`, gzipSync(content));
  }

  /** Writes a file and returns its URL, relative to `/graphql`: a proxy may serve the page below any path. */
  function asset(name, extension, content) {
    const file = `assets/${name}-${sha256(content).slice(0, 12)}.${extension}`;
    writeCompressed(file, content);
    return `graphiql/${file}`;
  }

  const workers = JSON.stringify({
    editorWorkerService: asset('editor', 'js', editorWorkerService),
    json: asset('json', 'js', jsonWorker),
    graphql: asset('graphql', 'js', graphqlWorker),
  });
  const script = asset('graphiql', 'js', `${js};\n${start}`);
  const style = asset('graphiql', 'css', css);
  for (const [name, subscriptions] of Object.entries(PAGES)) {
    writeCompressed(
      name,
      `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sidetone</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="${style}">
<body class="no-focus-outline" data-subscriptions="${subscriptions}" data-assets="${escapeAttribute(workers)}" data-query="${escapeAttribute(query)}">
<noscript>GraphiQL needs JavaScript.</noscript>
<div id="root"></div>
<script src="${script}"></script>
</body>
</html>
`,
    );
  }
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const output = `${HERE}dist/graphiql`;
  const sources = [
    fileURLToPath(import.meta.url),
    fileURLToPath(LIBRARY),
    `${HERE}graphiql/start.js`,
    `${HERE}graphiql/first-query.graphql`,
  ];
  const digest = sha256(...sources.map((file) => readFileSync(file)));
  const digestFile = `${output}.sha256`;
  const isCurrent =
    existsSync(`${output}/open.html`) &&
    existsSync(digestFile) &&
    readFileSync(digestFile, 'utf8') === digest;
  if (!isCurrent) {
    await buildGraphiql(output);
    writeFileSync(digestFile, digest);
  }
}
