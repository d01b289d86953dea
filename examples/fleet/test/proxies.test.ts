import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { GATEWAYS, type GatewayName, type Proxy } from '../src/haproxy.ts'
import { freeAddress } from '../src/small-proxy.ts'
import { startStandIn, type StandIn } from '../src/stand-in.ts'
import { ask, openStream, until } from './support/ask.ts'
import { proxies } from './support/proxies.ts'

// The contract of the proxy, tried on each that is installed: docs/explanation/fleet.md.

for (const product of proxies()) {
  if (product.version === undefined)
    console.log(`Not tried: examples/fleet with ${product.name}, which is not installed.`)

  describe.skipIf(product.version === undefined)(`${product.name} ${product.version ?? ''}`, () => {
    const fleet = {} as Record<GatewayName, StandIn>
    let listen = ''
    let proxy: Proxy

    const whoAnswers = async (path: string): Promise<string | undefined> => (await ask(listen, path)).echo?.name
    /** Who answers some calls that are new. */
    const whoAnswersNew = async (count = 6): Promise<Set<string | undefined>> =>
      new Set(await Promise.all(Array.from({ length: count }, () => whoAnswers('/twiml'))))

    beforeAll(async () => {
      for (const name of GATEWAYS) fleet[name] = await startStandIn(name)
      listen = await freeAddress()
      const { a, b, c } = fleet
      proxy = await product.start({ listen, gateways: { a: a.address, b: b.address, c: c.address } })
      await until(async () => (await whoAnswersNew()).size > 1, 'new calls are spread')
    })
    afterEach(async () => {
      for (const name of GATEWAYS) {
        Object.assign(fleet[name], { state: 'ready', refuses: false, tears: false })
        await fleet[name].live()
      }
      for (const name of GATEWAYS)
        await until(async () => (await whoAnswers(`/i/${name}/x`)) === name, `${name} has its requests again`)
    })
    afterAll(async () => {
      await proxy?.stop()
      for (const name of GATEWAYS) await fleet[name]?.die()
    })

    test('brings a request of a call to its owner, as it was', async () => {
      for (const name of GATEWAYS) {
        // Signed as it stands: escapes, doubled slashes and the query must arrive byte for byte.
        const path = `/i/${name}/twilio/status/it%27s%2Fa//b?x=%20'&y=a%2Fb`
        const { echo } = await ask(listen, path, { body: 'CallSid=CA1&Digits=%23' })
        expect(echo).toEqual({
          name,
          method: 'POST',
          url: path,
          body: 'CallSid=CA1&Digits=%23',
          host: expect.any(String),
        })
        expect((await ask(listen, path, { method: 'GET' })).echo).toMatchObject({ name, method: 'GET', url: path })
      }
    })

    test('brings what names nobody to anybody, and never to an address', async () => {
      for (const path of ['/i/z/twilio/status', '/i/127.0.0.1:1/x', '/i/', '/i', '/twiml?a=b'])
        expect((await ask(listen, path)).echo).toMatchObject({ name: expect.stringMatching(/^[abc]$/), url: path })
    })

    test('asks another when the owner is gone, and once only', async () => {
      const { a, b, c } = fleet
      await a.die()
      const before = b.asked + c.asked
      const begun = performance.now()
      // Twilio asks again after a 502.
      if (!product.repeatsRefused) expect(await ask(listen, '/i/a/twilio/after-stream')).toEqual({ status: 502 })
      expect(await whoAnswers('/i/a/twilio/after-stream')).toMatch(/^[bc]$/)
      // A caller hears nothing meanwhile.
      expect(performance.now() - begun).toBeLessThan(700)
      expect(b.asked + c.asked - before).toBe(1)
      const stream = await openStream(listen, '/i/a/media/token')
      expect(await stream.say('hello')).toMatch(/^[bc] \/i\/a\/media\/token hello$/)
      stream.close()
      expect(await whoAnswersNew()).not.toContain('a')
    })

    test.skipIf(!product.keepsStreams)('keeps a media stream over a reload', async () => {
      const stream = await openStream(listen, '/i/c/media/token')
      expect(await stream.say('hello')).toBe('c /i/c/media/token hello')
      await proxy.reload()
      expect(await whoAnswers('/i/b/x')).toBe('b')
      expect(await stream.say('still there')).toBe('c /i/c/media/token still there')
      stream.close()
    })

    test.skipIf(!product.asksLbz)('gives one that drains no new calls, and all that is of its own', async () => {
      const stream = await openStream(listen, '/i/b/media/token')
      fleet.b.state = 'drains'
      await until(async () => !(await whoAnswersNew()).has('b'), 'no new calls for b')
      expect(await whoAnswers('/i/b/twilio/status')).toBe('b')
      expect(await stream.say('hello')).toBe('b /i/b/media/token hello')
      stream.close()
    })

    test.skipIf(!product.asksLbz)('brings one that comes back full what is of its own', async () => {
      await fleet.b.die()
      await until(async () => (await whoAnswers('/i/b/x')) !== 'b', 'another one is asked')
      // Until the proxy has noticed.
      await wait(2_500)
      fleet.b.state = 'drains'
      await fleet.b.live()
      await until(async () => (await whoAnswers('/i/b/x')) === 'b', 'b has its own requests again')
      await until(async () => !(await whoAnswersNew()).has('b'), 'no new calls for b')
      expect(await whoAnswers('/i/b/x')).toBe('b')
    })

    test.skipIf(!product.repeats)('asks another after a 503 or a torn connection', async () => {
      fleet.a.refuses = true
      expect(await whoAnswersNew(9)).not.toContain(undefined)
      expect(await whoAnswers('/i/a/twilio/after-stream')).toMatch(/^[bc]$/)
      fleet.a.refuses = false
      fleet.a.tears = true
      expect(await whoAnswers('/i/a/twilio/after-stream')).toMatch(/^[bc]$/)
    })

    test.skipIf(product.repeats)('hands a 503 on, for Twilio to repeat', async () => {
      fleet.a.refuses = true
      expect(await ask(listen, '/i/a/twilio/after-stream')).toEqual({ status: 503 })
    })

    test.skipIf(!product.asksWhoeverLives)('has somebody tell a caller that all are full', async () => {
      for (const name of GATEWAYS) fleet[name].state = 'drains'
      // Until the proxy knows, and from then on.
      const begun = Date.now()
      while (Date.now() - begun < 2_500) expect(await whoAnswers('/twiml')).toMatch(/^[abc]$/)
      for (const name of GATEWAYS) expect(await whoAnswers(`/i/${name}/x`)).toBe(name)
    })
  })
}
