import { createReadStream } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { PAGE_HEADERS } from './page-headers.ts'

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>llc-phone: HTTP interface</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs">The description is at <a href="/docs/json">/docs/json</a>; this page needs JavaScript.</div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`

/** A key that is typed in stays in the page, and is gone when it is closed. */
const START = `SwaggerUIBundle({ url: '/docs/json', dom_id: '#docs', deepLinking: true, validatorUrl: null })\n`

/** Read from the disk when somebody asks, so that they cost a gateway nothing. */
const FILES: readonly (readonly [url: string, type: string, file: URL])[] = [
  [
    '/docs/json',
    'application/json; charset=utf-8',
    new URL('../../../../docs/reference/openapi.json', import.meta.url),
  ],
  [
    '/docs/swagger-ui-bundle.js',
    'text/javascript; charset=utf-8',
    new URL('../../node_modules/swagger-ui-dist/swagger-ui-bundle.js', import.meta.url),
  ],
  [
    '/docs/swagger-ui.css',
    'text/css; charset=utf-8',
    new URL('../../node_modules/swagger-ui-dist/swagger-ui.css', import.meta.url),
  ],
]

/** `GET /docs`: the HTTP interface, to browse and to try; `GET /docs/json`: the same as OpenAPI. For everybody: nothing in them is secret. */
export const addDocsPage = (app: FastifyInstance): void => {
  app.get('/docs', (_request, reply) => reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(PAGE))
  app.get('/docs/start.js', (_request, reply) => reply.headers(PAGE_HEADERS).type('text/javascript').send(START))
  for (const [url, type, file] of FILES)
    app.get(url, (_request, reply) => reply.headers(PAGE_HEADERS).type(type).send(createReadStream(file)))
}
