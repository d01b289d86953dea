import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openStore } from '@llc-phone/database'
import type { Instance } from '@llc-phone/store'
import { hasPostgres, startCluster, type Cluster } from '@llc-phone/store-postgres/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Env } from '../src/configuration/env.ts'
import { examineStore } from '../src/doctor/doctor-database.ts'
import { examineFleet } from '../src/doctor/doctor-fleet.ts'
import { examineRouting, judgeRouting, misroutedIn, type RouteAnswer } from '../src/doctor/doctor-routing.ts'
import type { Finding } from '../src/doctor/finding.ts'
import { judgeInstances } from '../src/doctor/judge-instances.ts'
import { secretMarkOf } from '../src/fleet/secret-mark.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, AUTH_TOKEN, soloFleet, testGateway, type TestGateway } from './support/gateway.ts'

const SECRET = 'a secret of the whole fleet, long enough'
const secretMark = secretMarkOf([SECRET])!

const instance = (id: string, other: Partial<Instance> = {}): Instance => ({
  id,
  bootId: `boot of ${id}`,
  version: '1.0.0',
  secretMark,
  state: 'ready',
  active: 2,
  rated: 100,
  loopP99Ms: 1,
  startedAt: new Date('2026-11-30T10:00:00Z'),
  silentMs: 200,
  ...other,
})

describe('the gateways on a database', () => {
  it('are as they should be', () => {
    const closed = instance('b', { state: 'closed', silentMs: 60_000, startedAt: new Date('2026-11-30T09:00:00Z') })
    expect(judgeInstances([instance('a'), instance('b'), closed], { secretMark })).toEqual([
      { name: 'fleet', outcome: 'ok', detail: 'a ready (2 of 100 calls), b ready (2 of 100 calls)' },
    ])
  })

  const rotating = secretMarkOf(['another secret of the whole fleet', SECRET])!
  it.each<[string, Instance[], 'warning' | 'failed', string]>([
    ['nobody', [], 'warning', 'no gateway runs'],
    ['one', [instance('a')], 'warning', 'only a runs'],
    [
      'none ready',
      [instance('a', { state: 'full' }), instance('b', { state: 'draining' })],
      'failed',
      'takes new calls',
    ],
    ['one id', [instance('a'), instance('a', { bootId: 'other' })], 'failed', 'called a'],
    ['fenced', [instance('a'), instance('b'), instance('c', { state: 'fenced' })], 'failed', 'another one has taken'],
    ['secrets', [instance('a'), instance('b', { secretMark: '12345678' })], 'failed', 'between a and b'],
    ['half a rotation', [instance('a'), instance('b', { secretMark: rotating })], 'failed', 'between a and b'],
    ['versions', [instance('a'), instance('b', { version: '1.1.0' })], 'warning', 'a 1.0.0, b 1.1.0'],
    ['silence', [instance('a'), instance('b'), instance('c', { silentMs: 42_000 })], 'warning', 'for 42 s'],
  ])('%s', (_, instances, outcome, detail) => {
    const found = judgeInstances(instances, { secretMark }).filter((finding) => finding.outcome !== 'ok')
    expect(found).toMatchObject([{ name: 'fleet', outcome, action: expect.any(String) }])
    expect(found[0]?.detail).toContain(detail)
  })

  it('are not complained of once they are back, or gone for good', () => {
    const earlier = { bootId: 'earlier', startedAt: new Date('2026-11-30T09:00:00Z'), silentMs: 90_000 }
    const found = judgeInstances(
      [instance('a'), instance('b'), instance('b', earlier), instance('c', { silentMs: 7_200_000 })],
      { secretMark },
    )
    expect(found).toHaveLength(1)
  })

  it('have another secret than this environment', () => {
    const found = judgeInstances([instance('a'), instance('b')], { secretMark: secretMarkOf(['quite another one']) })
    expect(found.at(-1)).toMatchObject({
      outcome: 'failed',
      detail: 'FLEET_SECRET here is another one than that of a, b',
    })
  })
})

describe('a proxy', () => {
  const answer = (id: string, other: Partial<RouteAnswer> = {}): RouteAnswer => ({
    id,
    url: `https://phone.example.com/i/${id}/lbz`,
    isOwnOrigin: false,
    status: 200,
    answered: { state: 'ready', instance: id, asked: id },
    ...other,
  })
  const ofA = { state: 'ready', instance: 'a' }

  it('brings each what belongs to it', () => {
    expect(judgeRouting([answer('a'), answer('b', { status: 404 })]).outcome).toBe('ok')
    const own = { isOwnOrigin: true, answered: { state: 'ready', instance: 'b' } }
    expect(judgeRouting([answer('a'), answer('b', own)]).outcome).toBe('ok')
  })

  it.each<[RouteAnswer[], string]>([
    [[answer('a'), { id: 'b', url: 'https://x', isOwnOrigin: false, problem: 'refused' }], 'cannot be reached'],
    [[answer('a', { status: 301, answered: undefined! })], 'redirection (301)'],
    [[answer('a', { status: 404, answered: undefined! })], 'not by a gateway'],
    [[answer('a', { answered: ofA })], 'changes the path: https://phone.example.com/i/a/lbz arrives as /lbz'],
    [[answer('a'), answer('b', { answered: { ...ofA, asked: 'b' } })], 'everything to a'],
    [[answer('a'), answer('b'), answer('c', { answered: { ...ofA, asked: 'c' } })], 'those for c by a'],
  ])('%o: %s', (answers, detail) => {
    const finding = judgeRouting(answers)
    expect(finding).toMatchObject({ name: 'routing', outcome: 'failed', action: expect.any(String) })
    expect(finding.detail).toContain(detail)
  })

  it('has not brought some of it, by the figures', () => {
    const text = 'llc_misrouted_total{owner="gone"} 3\nllc_misrouted_total{owner="alive"} 12\n'
    expect([misroutedIn(text), misroutedIn('')]).toEqual([12, 0])
  })

  /** Two gateways behind a proxy that passes a request on as `choose` says. */
  const lookThrough = async (
    choose: (url: string) => { readonly to: 'a' | 'b'; readonly path?: string },
  ): Promise<Finding[]> => {
    const gateways = new Map<string, TestGateway>()
    const server = createServer((asked, response) => {
      const { to, path = asked.url } = choose(asked.url ?? '')
      const { port } = gateways.get(to)!.app.server.address() as AddressInfo
      const { method, headers } = asked
      const onward = request({ host: '127.0.0.1', port, path, method, headers, agent: false })
      onward.on('response', (answered: IncomingMessage) => {
        response.writeHead(answered.statusCode!, answered.headers)
        answered.pipe(response)
      })
      asked.pipe(onward)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    onTestFinished(() => void server.close())
    const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    for (const id of ['a', 'b']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const gateway = await testGateway(fakeRegistry().registry, { publicUrl, fleet: { ...soloFleet, id } })
      gateways.set(id, gateway)
      // oxlint-disable-next-line no-await-in-loop -- as above
      await gateway.app.listen({ port: 0, host: '127.0.0.1' })
      onTestFinished(() => gateway.app.close())
    }
    const env = { PUBLIC_URL: publicUrl, TWILIO_AUTH_TOKEN: [AUTH_TOKEN], ADMIN_TOKEN }
    return examineRouting(env, [instance('a'), instance('b'), instance('c', { state: 'starting' })])
  }
  const named = (url: string): 'a' | 'b' => (url.startsWith('/i/b/') ? 'b' : 'a')

  it('is asked over the public URL: one that does what it must', async () => {
    expect(await lookThrough((url) => ({ to: named(url) }))).toEqual([
      { name: 'routing', outcome: 'ok', detail: 'requests that name a, b reach them' },
    ])
  })

  it('tells ADMIN_TOKEN to no address that somebody has written into the database', async () => {
    const keys: (string | undefined)[] = []
    const server = createServer((asked, response) => {
      keys.push(asked.headers.authorization)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ state: 'ready', instance: 'a' }))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    onTestFinished(() => void server.close())
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await examineRouting({ PUBLIC_URL: 'http://127.0.0.1:1', TWILIO_AUTH_TOKEN: [AUTH_TOKEN], ADMIN_TOKEN }, [
      instance('a', { address }),
    ])
    expect(keys.length).toBeGreaterThan(0)
    expect(keys.filter(Boolean)).toEqual([])
  })

  it.each<[string, (url: string) => { readonly to: 'a' | 'b'; readonly path?: string }, string]>([
    ['strips the path', (url) => ({ to: named(url), path: url.replace(/^\/i\/[ab]/, '') }), 'arrives as /lbz'],
    ['sends everything to one', () => ({ to: 'b' }), 'everything to b'],
    ['mixes two up', (url) => ({ to: named(url) === 'a' ? 'b' : 'a' }), 'those for a by b, those for b by a'],
    [
      'changes a query or a path further on',
      (url) => ({ to: named(url), path: url.replace('/twilio/', '//twilio/') }),
      'A signed request to',
    ],
  ])('is asked over the public URL: one that %s', async (_, choose, detail) => {
    const found = await lookThrough(choose)
    expect(found.at(-1)).toMatchObject({ name: 'routing', outcome: 'failed', action: expect.any(String) })
    expect(found.at(-1)?.detail).toContain(detail)
  })
})

const isInstalled = hasPostgres()
if (!isInstalled) {
  it.skip('the doctor of several gateways on Postgres: none is installed (initdb was not found)')
}

describe.runIf(isInstalled)('the doctor of several gateways on Postgres', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster.stop(), 30_000)

  const envOf = (database: string) =>
    ({ DATABASE_URL: cluster.url(database), FLEET_SECRET: [SECRET], PUBLIC_URL: 'http://127.0.0.1:1' }) as Env
  const look = (database: string): Promise<Finding[]> => examineFleet(envOf(database))
  const lookAtDatabase = (database: string) =>
    examineStore({ DATABASE_URL: cluster.url(database), DATABASE_POOL: 8, OPENAI_VOICE: 'cedar' })

  it('sees the gateways and their secrets, and a proxy that is not there', { timeout: 60_000 }, async () => {
    await cluster.create('fleet')
    for (const [id, secret] of [
      ['a', SECRET],
      ['b', SECRET],
      ['c', 'a secret of another fleet, long enough'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const store = await openStore({ url: cluster.url('fleet'), instance: id, connections: 1 })
      // oxlint-disable-next-line no-await-in-loop -- as above
      await store.fleet.beat(
        { id, version: '1.0.0', secretMark: secretMarkOf([secret]) },
        { state: 'ready', active: 0, rated: 100, loopP99Ms: 1 },
      )
      onTestFinished(() => store.close())
    }
    expect(await look('fleet')).toMatchObject([
      { outcome: 'ok', detail: 'a ready (0 of 100 calls), b ready (0 of 100 calls), c ready (0 of 100 calls)' },
      { outcome: 'failed', detail: expect.stringContaining('between a and c, b and c') as unknown },
      { name: 'routing', outcome: 'failed', detail: expect.stringContaining('cannot be reached') as unknown },
      { name: 'queue', outcome: 'ok', detail: expect.stringContaining('no gateway has made') as unknown },
    ])
    await cluster.ask('fleet', 'CREATE SCHEMA pgboss; CREATE TABLE pgboss.version AS SELECT 9999 AS version')
    const newer = { outcome: 'failed', detail: expect.stringContaining('comes from a newer version') as unknown }
    expect((await look('fleet')).at(-1)).toMatchObject({ name: 'queue', ...newer })
  })

  it('changes nothing in a database that is older, and finds one that is newer', { timeout: 60_000 }, async () => {
    await cluster.create('older')
    await (await openStore({ url: cluster.url('older'), connections: 1 })).close()
    const last = '(SELECT max(name) FROM __migrations)'
    await cluster.ask('older', `DELETE FROM __migrations WHERE package = 'store' AND name = ${last}`)
    const older = { outcome: 'warning', detail: expect.stringContaining('are 1 migrations older') as unknown }
    expect((await lookAtDatabase('older'))[0]).toMatchObject(older)
    expect((await lookAtDatabase('older'))[0]).toMatchObject(older)
    expect((await look('older'))[0]).toMatchObject({ outcome: 'failed', action: expect.any(String) })
    await cluster.ask('older', `INSERT INTO __migrations VALUES ('store', '9999_later', 'x', 0)`)
    const [newer] = await lookAtDatabase('older')
    expect(newer).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('a newer version') as unknown })
    expect((await look('older'))[0]?.detail).toBe(newer?.detail)
  })

  it('finds a database that only reads, and a user without rights', { timeout: 60_000 }, async () => {
    await cluster.create('reads')
    await (await openStore({ url: cluster.url('reads'), connections: 1 })).close()
    await cluster.ask('reads', 'ALTER DATABASE reads SET default_transaction_read_only = on')
    expect((await lookAtDatabase('reads'))[0]).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('only reads') as unknown,
    })
    expect((await look('reads'))[0]).toMatchObject({ outcome: 'failed' })
    await cluster.ask('postgres', 'CREATE ROLE guest LOGIN')
    await cluster.create('guests')
    await cluster.ask('guests', 'REVOKE TEMPORARY ON DATABASE guests FROM PUBLIC')
    const url = cluster.url('guests').replace('//llc@', '//guest@')
    expect(await examineStore({ DATABASE_URL: url, DATABASE_POOL: 8, OPENAI_VOICE: 'cedar' })).toContainEqual(
      expect.objectContaining({ outcome: 'failed', detail: expect.stringContaining('may make no tables') as unknown }),
    )
  })

  it('says that a file is for one gateway', async () => {
    const [finding] = await examineFleet({ DATABASE_URL: 'file:data/llc-phone.db' } as Env)
    expect(finding).toMatchObject({
      outcome: 'failed',
      action: expect.stringContaining('docs/guides/fleet.md') as unknown,
    })
  })
})
