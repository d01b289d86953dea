import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { ALERTS, inFolder, noPrometheus, promtool } from './support/prometheus.ts'

interface Rule {
  readonly alert: string
  readonly labels: { readonly severity: string }
  readonly annotations: Readonly<Record<string, string>>
}

const why = noPrometheus()
if (why) console.warn(`Alerts are not tried: ${why}`)

const { groups } = parse(readFileSync(ALERTS, 'utf8')) as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)

const ONE = 'job="llc-phone",instance="a"'
const UP = { series: `up{${ONE}}`, values: '1x60' }
const one = (name: string, values: string, labels = '') => ({
  series: `${name}{${ONE}${labels === '' ? '' : `,${labels}`}}`,
  values,
})
/** A stage of which every turn took between two and three seconds. */
const slow = (stage: string) =>
  ['2', '3', '+Inf'].map((le) =>
    one('llc_latency_seconds_bucket', le === '2' ? '0x60' : '0+10x60', `stage="${stage}",le="${le}"`),
  )

/** What makes each alert fire, and the labels it then has beside `instance`. */
const CAUSES: Readonly<Record<string, { series: { series: string; values: string }[]; labels?: object }>> = {
  PhoneDown: { series: [{ ...UP, values: '0x60' }], labels: { job: 'llc-phone' } },
  PhoneAbsent: { series: [{ series: 'up{job="other"}', values: '1x60' }], labels: { job: 'llc-phone', instance: '' } },
  PhoneModelOut: { series: [one('llc_model_up', '0x60')], labels: { job: 'llc-phone' } },
  PhoneStorageDown: { series: [one('llc_storage_up', '0x60')], labels: { job: 'llc-phone' } },
  PhoneJournalLate: { series: [one('llc_journal_lag_seconds', '9x60')], labels: { job: 'llc-phone' } },
  PhoneFallbacks: {
    series: [
      one('llc_calls_ended_total', '0+1x60', 'disposition="fallback",mode="ivr"'),
      one('llc_calls_ended_total', '0+4x60', 'disposition="caller_hung_up",mode="ivr"'),
    ],
  },
  PhoneProblems: {
    series: [one('llc_problems_total', '0+1x60', 'code="model_lost"')],
    labels: { code: 'model_lost' },
  },
  PhoneTurnedAway: {
    series: [one('llc_calls_turned_away_total', '0+1x60', 'reason="starts"')],
    labels: { reason: 'starts' },
  },
  PhoneSignatures: { series: [one('llc_refused_total', '0+1x60', 'code="signature_invalid"')] },
  PhoneSlowAnswers: { series: slow('speech_end_to_frame') },
  PhoneSlowGreeting: { series: slow('media_to_greeting_frame') },
  PhoneLoopLate: { series: [one('nodejs_eventloop_lag_p99_seconds', '0.08x60')], labels: { job: 'llc-phone' } },
  PhoneMemory: { series: [one('process_resident_memory_bytes', '1500000000x60')], labels: { job: 'llc-phone' } },
  // One is enough, because it began with 0.
  PhoneDefect: { series: [one('llc_defects_total', '0x20 1x40', 'kind="rejection"')], labels: { kind: 'rejection' } },
  PhoneUndelivered: {
    series: [one('llc_deliveries_total', '0x20 1x40', 'kind="message",result="given_up"')],
    labels: { kind: 'message' },
  },
  PhoneLogUnread: { series: [one('llc_log_lines_dropped', '3x60')], labels: { job: 'llc-phone' } },
}

/** A gateway that is well. */
const HEALTHY = [
  UP,
  one('llc_model_up', '1x60'),
  one('llc_storage_up', '1x60'),
  one('llc_journal_lag_seconds', '0.1x60'),
  one('llc_calls_ended_total', '0x60', 'disposition="fallback",mode="ivr"'),
  one('llc_calls_ended_total', '0+2x60', 'disposition="caller_hung_up",mode="ivr"'),
  one('llc_defects_total', '0x60', 'kind="rejection"'),
  one('llc_problems_total', '0x60', 'code="model_lost"'),
  one('nodejs_eventloop_lag_p99_seconds', '0.011x60'),
  one('process_resident_memory_bytes', '120000000x60'),
]

const tested = (series: readonly object[], samples: readonly object[]) => ({
  interval: '1m',
  input_series: series,
  promql_expr_test: [{ expr: 'ALERTS{alertstate="firing"}', eval_time: '40m', exp_samples: samples }],
})

describe('the alerts that are shipped', () => {
  it('say what happened, what to do, and where more is written', () => {
    const root = new URL('../../../', import.meta.url)
    for (const { alert, annotations, labels } of rules) {
      expect([alert, Object.keys(annotations)]).toEqual([alert, ['summary', 'action', 'docs']])
      expect(['page', 'ticket']).toContain(labels.severity)
      const [path, anchor] = annotations.docs!.split('#')
      expect([path, existsSync(new URL(path!, root))]).toEqual([path, true])
      const titles = [...readFileSync(new URL(path!, root), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
        title!
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      )
      if (anchor) expect(titles).toContain(anchor)
    }
    expect(Object.keys(CAUSES).toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted())
  })

  it.skipIf(why)('fire for what they are about, and for nothing else', { timeout: 60_000 }, async () => {
    const severityOf = (name: string) => rules.find(({ alert }) => alert === name)!.labels.severity
    const tests = [
      tested(HEALTHY, []),
      ...Object.entries(CAUSES).map(([name, { series, labels }]) => {
        const told = { alertname: name, alertstate: 'firing', instance: 'a', severity: severityOf(name), ...labels }
        const shown = Object.entries(told).flatMap(([label, value]) => (value === '' ? [] : [`${label}="${value}"`]))
        const isAboutUp = name === 'PhoneDown' || name === 'PhoneAbsent'
        return tested(isAboutUp ? series : [UP, ...series], [{ labels: `ALERTS{${shown.join(',')}}`, value: 1 }])
      }),
    ]
    await inFolder(async (folder) => {
      const file = join(folder, 'test.yml')
      writeFileSync(file, stringify({ rule_files: [ALERTS], evaluation_interval: '1m', tests }))
      expect(await promtool('check', 'rules', ALERTS)).toContain(`${rules.length} rules found`)
      expect(await promtool('test', 'rules', file)).toContain('SUCCESS')
    })
  })
})
