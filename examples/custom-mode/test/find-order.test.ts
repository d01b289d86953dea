import { e164, type ToolContext } from '@llc-phone/core'
import { describe, expect, it } from 'vitest'
import { orders, type OrderBook, type OrdersSettings } from '../src/index.ts'

const settings: OrdersSettings = {
  business: { name: 'Harbor Dental', timeZone: 'America/New_York' },
  routes: { support: { number: e164('+14155550112'), label: 'the support desk' } },
  orders: {
    find: async (orderNumber) => (orderNumber === '123456' ? { status: 'shipped', due: 'tomorrow' } : undefined),
  },
}

const ask = (
  order_number: string,
  find: OrderBook['find'] = settings.orders.find,
  signal = new AbortController().signal,
) => {
  const mode = orders({ ...settings, orders: { find } })
  const context: ToolContext = {
    facts: {
      callId: 'call-1',
      legId: 'CA1',
      direction: 'inbound',
      otherParty: {},
      dialled: e164('+14155550104'),
      startedAt: new Date('2026-03-02T15:00:00Z'),
    },
    known: undefined,
    call: { leave: () => {}, consult: () => {}, keepListening: () => {} },
    signal,
  }
  return mode.tools.find(({ name }) => name === 'find_order')!.invoke(JSON.stringify({ order_number }), context)
}

describe('an order', () => {
  it('is told with its day', async () => {
    expect(await ask('123456')).toEqual({ status: 'shipped', due: 'tomorrow' })
  })

  it('that does not exist is asked for again', async () => {
    await expect(ask('654321')).rejects.toThrow('There is no such order.')
  })

  it.each(['12345', '1234567', '12345a', "1' OR '1"])('number %j never reaches the book', async (said) => {
    await expect(ask(said, () => expect.unreachable())).rejects.toThrow('an order number has 6 digits')
  })

  it('is not told when the book fails, and not why', async () => {
    await expect(ask('123456', () => Promise.reject(new Error('ECONNREFUSED 10.0.0.5')))).rejects.toThrow(
      /^The orders cannot be read right now/,
    )
  })

  it('is not waited for when the call is over', async () => {
    const call = new AbortController()
    const answer = ask('123456', () => new Promise(() => {}), call.signal)
    call.abort()
    await expect(answer).rejects.toThrow('The orders cannot be read')
  })
})

it.each([
  ['routes', { routes: {} }],
  ['orders', { orders: {} }],
  ['voice', { voice: '' }],
])('a wrong %s is refused by name', (path, wrong) => {
  expect(() => orders({ ...settings, ...(wrong as Partial<OrdersSettings>) })).toThrow(`Mode "orders": ${path}: `)
})
