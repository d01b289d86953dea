import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { errorBody } from './http-errors.ts'
import { ANSWER_HEADERS, PAGE_HEADERS } from './page-headers.ts'

/** Where a build of the console is: in a checkout, and below `files/` of a production build. */
const BUILT = fileURLToPath(new URL('../../../console/dist', import.meta.url))

/** Names of files that the build makes; nothing else is looked for on the disk. */
const ASSET = /^[\w-][\w.-]{0,200}\.(js|css|svg|png|woff2|wasm)$/

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
}

/** Copies that the build has compressed, the smaller one first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** A file whose name changes with its contents. */
const FOR_GOOD = { 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' }

/** Asked for without one, the console says what to do, and looks again: a build takes a second or two. */
const NOT_BUILT = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="refresh" content="2">
    <title>llc-phone: the console is not built</title>
  </head>
  <body>
    <h1>The console is not built yet</h1>
    <p><code>pnpm dev</code> is building it when it has just been started; this page then shows it by itself. Otherwise run <code>pnpm --filter @llc-phone/console build</code>, or <code>pnpm build</code> for production.</p>
    <p>Calls are answered all the same, and the HTTP interface is at <a href="/docs">/docs</a>.</p>
  </body>
</html>
`

/** Whether a client takes an encoding: it is named, and not with `q=0`. */
const takes = (accepted: string, encoding: string): boolean =>
  accepted.split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';')
    return (
      name.trim().toLowerCase() === encoding && !parameters.some((text) => /^\s*q\s*=\s*0(?:\.0*)?\s*$/i.test(text))
    )
  })

const absentAsUndefined = (error: unknown): undefined => {
  if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
  throw error
}

/**
 * `GET /console/…`: one page at every address, which finds out itself what is meant by it, and its files, whose names change
 * with their contents. They are read from the disk when somebody asks, so a new build is served at once. For everybody:
 * nothing in them is secret. `folder` is where the build is.
 */
export const addConsole = (app: FastifyInstance, folder = BUILT): void => {
  const read = (name: string): Promise<Buffer | undefined> => readFile(join(folder, name)).catch(absentAsUndefined)

  const page = async (_request: unknown, reply: FastifyReply) => {
    reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8')
    const built = await read('index.html')
    if (built) return reply.send(built)
    return reply.code(503).headers({ 'cache-control': 'no-store', 'retry-after': '2' }).send(NOT_BUILT)
  }

  const asset = async (name: string, accepted: string, reply: FastifyReply) => {
    const kind = ASSET.exec(name)?.[1]
    const forms = [...ENCODINGS.filter(([encoding]) => takes(accepted, encoding)), [undefined, ''] as const]
    for (const [encoding, ending] of kind ? forms : []) {
      // oxlint-disable-next-line no-await-in-loop -- the first form that is there
      const bytes = await read(`assets/${name}${ending}`)
      if (!bytes) continue
      reply.headers(PAGE_HEADERS).headers(FOR_GOOD).type(TYPES[kind!]!)
      if (encoding) reply.header('content-encoding', encoding)
      return reply.send(bytes)
    }
    return reply
      .code(404)
      .headers(ANSWER_HEADERS)
      .send(errorBody('not_found', 'The console has no such file; load its page again.'))
  }

  app.get('/console', page)
  app.get<{ Params: { '*': string } }>('/console/*', (request, reply) => {
    const { '*': path } = request.params
    if (!path.startsWith('assets/')) return page(request, reply)
    return asset(path.slice('assets/'.length), request.headers['accept-encoding'] ?? '', reply)
  })

  // Whoever types the address of the gateway means the console.
  app.get('/', (request, reply) => {
    if (!/\btext\/html\b/i.test(request.headers.accept ?? '')) return reply.callNotFound()
    return reply.headers(PAGE_HEADERS).redirect('/console/', 302)
  })
}
