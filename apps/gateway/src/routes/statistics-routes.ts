import { latencyMeasures } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import { LEAST_CALLS } from '../statistics/percentiles.ts'
import { periodsOf } from '../statistics/periods.ts'
import type { AdminScope } from './admin-scope.ts'
import { momentOrDay } from './parse.ts'

const stages = ['first_words', ...latencyMeasures] as const
const name = z.string().min(1, 'is empty').max(80, 'is too long')

const count = z.int().nonnegative()
const usd = z.number().nonnegative()
const ms = z.number().nonnegative()
const period = { from: z.iso.datetime(), to: z.iso.datetime() }
const durations = z.object({
  calls: count,
  measured: count.meta({ description: 'Calls in which the stage was measured.' }),
  tooFew: z.literal(true).optional().meta({ description: 'Fewer calls than atLeast: there are no percentiles.' }),
  p50Ms: ms.optional(),
  p95Ms: ms.optional(),
  p99Ms: ms.optional(),
})
const costs = z.object({
  calls: count,
  priced: count.meta({ description: 'Calls whose cost is known.' }),
  usd,
  usdPerCall: usd.optional(),
  cachedShare: z.number().min(0).max(1).optional().meta({ description: 'Of the input tokens.' }),
  parts: z.object({
    audioIn: usd,
    textIn: usd,
    cachedIn: usd,
    audioOut: usd,
    textOut: usd,
    transcripts: usd,
  }),
})
const outcomes = z.object({
  calls: count,
  toTheEnd: count,
  handedOver: count,
  wentWrong: count,
  notReached: count,
  outcomes: z.record(z.string(), count),
})
const problems = z.object({
  calls: count,
  troubled: count.meta({ description: 'Calls that had any problem.' }),
  problems: z.record(z.string(), count).meta({ description: 'By code: in how many calls.' }),
})

const seriesOf = <Figures extends z.ZodObject>(figures: Figures) =>
  z.object({
    name: z.string().optional().meta({ description: 'The instance or model of a split; empty: calls without one.' }),
    whole: figures,
    buckets: z.array(figures.extend(period)),
  })

const head = { by: z.enum(['day', 'hour']), timeZone: z.string(), ...period }
const distribution = z.array(z.object({ fromMs: ms, toMs: ms.optional(), count }))
const answer = z
  .discriminatedUnion('of', [
    z.object({
      of: z.literal('latency'),
      ...head,
      stage: z.enum(stages),
      atLeast: count,
      series: z.array(seriesOf(durations).extend({ distribution })),
    }),
    z.object({ of: z.literal('cost'), ...head, series: z.array(seriesOf(costs)) }),
    z.object({ of: z.literal('outcomes'), ...head, series: z.array(seriesOf(outcomes)) }),
    z.object({ of: z.literal('problems'), ...head, series: z.array(seriesOf(problems)) }),
  ])
  .meta({ id: 'Statistics' })

/** `GET /stats`: what many calls were like, by day or hour of the business. */
export const addStatisticsRoutes = (scope: AdminScope, { statistics, settings }: GatewayDeps): void => {
  const schema = {
    summary: 'Latency, cost, outcomes or problems of calls that are over, by day or hour; without test calls',
    querystring: z.strictObject({
      of: z.enum(['latency', 'cost', 'outcomes', 'problems'], 'must be latency, cost, outcomes or problems'),
      by: z.enum(['day', 'hour'], 'must be day or hour').default('day'),
      stage: z.enum(stages, `must be one of ${stages.join(', ')}`).default('first_words'),
      instance: name.optional(),
      model: name.optional(),
      split: z.enum(['instance', 'model'], 'must be instance or model').optional(),
      from: momentOrDay.optional(),
      to: momentOrDay.optional(),
    }),
    response: { 200: answer },
  }
  scope.get('/stats', { config: { role: 'viewer' }, schema }, async ({ query }) => {
    const { of, by, stage, instance, model, split } = query
    const { timeZone } = settings.inForce.built.document.business
    const periods = periodsOf(by, query, timeZone, Date.now())
    const { series } = await statistics.ask({ of, periods, stage, instance, model, split })
    const from = new Date(periods[0]!.fromMs).toISOString()
    const to = new Date(periods.at(-1)!.toMs).toISOString()
    return { of, by, timeZone, from, to, ...(of === 'latency' ? { stage, atLeast: LEAST_CALLS } : {}), series }
  })
}
