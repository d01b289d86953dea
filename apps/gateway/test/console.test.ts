import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from '../src/app.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { testGateway, type TestGateway } from './support/gateway.ts'

const PAGE = '<!doctype html><title>the console</title>'
const SCRIPT = `console.log('${'x'.repeat(200)}')`

const parent = mkdtempSync(join(tmpdir(), 'llc-console-'))
const folder = join(parent, 'dist')
let gateway: TestGateway
beforeAll(async () => {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  mkdirSync(join(folder, '.vite'))
  writeFileSync(join(folder, '.vite/manifest.json'), '{}')
  writeFileSync(join(parent, 'secret.js'), 'secret')
  writeFileSync(join(folder, 'index.html'), PAGE)
  const script = join(folder, 'assets/index-Ab12_x.js')
  writeFileSync(script, SCRIPT)
  writeFileSync(`${script}.br`, brotliCompressSync(SCRIPT))
  writeFileSync(`${script}.gz`, gzipSync(SCRIPT))
  writeFileSync(join(folder, 'assets/plain.css'), 'body {}')
  mkdirSync(join(folder, 'assets/folder.js'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'assets/dangling.js'))
  gateway = await testGateway(fakeRegistry().registry, { consoleFolder: folder })
})
afterAll(async () => {
  await gateway.app.close()
  rmSync(parent, { recursive: true, force: true })
})

const ask = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' | 'POST' = 'GET') =>
  gateway.app.inject({ method, url, headers })

const isPolicy = expect.stringMatching(
  /^default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'$/,
)

it.each([
  '/console',
  '/console/',
  '/console/calls',
  '/console/calls/1-2',
  '/console/business/hours?x=1',
  '/console/a/../b',
])('%s is the page, asked for anew each time', async (url) => {
  const { statusCode, headers, body } = await ask(url)
  expect([statusCode, body]).toEqual([200, PAGE])
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy': isPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': expect.stringContaining('microphone=(self)'),
  })
  expect(JSON.stringify(headers)).not.toContain('unsafe')
  const head = await ask(url, {}, 'HEAD')
  expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([200, '', String(PAGE.length)])
})

it.each([
  ['br, gzip', 'br', brotliDecompressSync],
  ['gzip, deflate, br;q=0', 'gzip', gunzipSync],
  ['GZIP', 'gzip', gunzipSync],
  ['br;q=0.0, gzip;q=0', undefined, (bytes: Buffer) => bytes],
  ['brotli', undefined, (bytes: Buffer) => bytes],
  ['', undefined, (bytes: Buffer) => bytes],
])('a file is sent to whoever takes "%s" as the build has it, for good', async (accepted, encoding, opened) => {
  const { statusCode, headers, rawPayload } = await ask('/console/assets/index-Ab12_x.js', {
    'accept-encoding': accepted,
  })
  expect([statusCode, opened(rawPayload).toString()]).toEqual([200, SCRIPT])
  expect(headers['content-encoding']).toBe(encoding)
  expect(headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
    // A worker goes by the policy of its own file.
    'content-security-policy': isPolicy,
    'x-content-type-options': 'nosniff',
  })
})

it('a file without a compressed copy is sent as it is', async () => {
  const { headers, body } = await ask('/console/assets/plain.css', { 'accept-encoding': 'br' })
  expect([headers['content-encoding'], headers['content-type'], body]).toEqual([
    undefined,
    'text/css; charset=utf-8',
    'body {}',
  ])
  const head = await ask('/console/assets/plain.css', {}, 'HEAD')
  expect([head.statusCode, head.headers['content-length'], head.body]).toEqual([200, '7', ''])
})

it.each([
  'index-Zz99.js',
  'index-Ab12_x.js.br',
  'index-Ab12_x.js.gz',
  '..%2f..%2fsecret.js',
  '..%5c..%5csecret.js',
  '%2e%2e%2f%2e%2e%2fsecret.js',
  '..%2findex.html',
  '..%2f.vite%2fmanifest.json',
  'index-Ab12_x.js%00.css',
  '.env',
  'folder.js',
  'dangling.js',
  'index-Ab12_x.js%3f',
  `${'a'.repeat(300)}.js`,
  'https:%2f%2fexample.com%2fa.js',
])('/console/assets/%s is nothing', async (name) => {
  const { statusCode, headers, body } = await ask(`/console/assets/${name}`)
  expect([400, 404]).toContain(statusCode)
  expect(body).not.toContain('secret')
  expect(headers['cache-control'] ?? 'no-store').toBe('no-store')
})

it('an address that leaves the console is not a file beside it', async () => {
  for (const url of ['/console/../secret.js', '/console/assets/../../secret.js', '/console/assets//../../secret.js'])
    expect((await ask(url)).body).not.toContain('secret')
})

it('the address of the gateway leads a browser there, and a program nowhere', async () => {
  const browser = await ask('/', { accept: 'text/html,application/xhtml+xml' })
  expect([browser.statusCode, browser.headers.location]).toEqual([302, '/console/'])
  expect((await ask('/', { accept: '*/*' })).statusCode).toBe(404)
  expect((await ask('/console', {}, 'POST')).statusCode).toBe(404)
})

it('without a build a page says what to run', async () => {
  const bare = await testGateway(fakeRegistry().registry, { consoleFolder: `${parent}/none` })
  const { statusCode, headers, body } = await bare.app.inject('/console/calls')
  expect(statusCode).toBe(503)
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-security-policy': isPolicy })
  expect(body).toContain('pnpm build')
  expect((await bare.app.inject('/console/assets/index-Ab12_x.js')).statusCode).toBe(404)
  await bare.app.close()
})

it('is no part of a listener for carriers alone', async () => {
  const app = await buildApp(gateway.deps, { serve: 'public' })
  for (const url of ['/', '/console', '/console/', '/console/calls', '/console/assets/plain.css'])
    expect([url, (await app.inject({ url, headers: { accept: 'text/html' } })).statusCode]).toEqual([url, 404])
  await app.close()
})
