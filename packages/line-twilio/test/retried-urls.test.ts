import { expect, it } from 'vitest'
import { createTwiml } from '../src/twiml.ts'

const twiml = createTwiml('https://calls.example')
const route = { voicemail: true, label: 'the team' } as const
const documents = [twiml.record('support'), twiml.apology('en', undefined, route)]

it.each(documents)('every URL of a document has the retry rules at its end, behind any query: %s', (document) => {
  const urls = [...document.matchAll(/https:[^"<]*/g)].map(([url]) => url.replaceAll('&amp;', '&'))
  expect(urls.length).toBeGreaterThan(0)
  for (const url of urls) expect(url).toMatch(/^[^#?]*(\?[^#]*)?#rc=2&rp=ct,rt,5xx$/)
})
