// Runs in the page before its own scripts. It notes when the list of live calls is there, and, when it is told so (`bench.fake`),
// stands in for the gateway's feed and its list of calls.

const bench = {}
globalThis.bench = bench

/** When the list of live calls was there, in ms from the request of the page. */
bench.usableAtMs = new Promise((resolve) => {
  const observer = new MutationObserver(() => {
    if (!document.querySelector('main')?.textContent.includes('The line is quiet')) return
    resolve(performance.now())
    observer.disconnect()
  })
  observer.observe(document, { childList: true, subtree: true, characterData: true })
})

const longTasks = []
new PerformanceObserver((list) => longTasks.push(...list.getEntries())).observe({ type: 'longtask' })

/** Frames a second and tasks of more than 50 ms, over so many ms. */
bench.watchFrames = (lastsMs) =>
  new Promise((resolve) => {
    longTasks.length = 0
    const from = performance.now()
    let frames = 0
    const onFrame = () => {
      const tookMs = performance.now() - from
      if (tookMs < lastsMs) {
        frames++
        requestAnimationFrame(onFrame)
      } else
        resolve({ framesPerSecond: (frames * 1_000) / tookMs, longTasksMs: longTasks.map(({ duration }) => duration) })
    }
    requestAnimationFrame(onFrame)
  })

const SECOND = 1_000
/** One in so many events is the end of a call: of fifty with twenty events a second each lasts three minutes. */
const END_EVERY = 73
const SENTENCE = 'I would like to move my appointment to the'

const fakeGateway = ({ count, perSecond }) => {
  let nextCall = 0
  let seq = 0
  const openCall = () => ({
    callId: `call-${++nextCall}`,
    mode: 'ivr',
    direction: 'inbound',
    caller: `+1415•••${1_000 + (nextCall % 9_000)}`,
    dialled: '+14155550101',
    phase: 'live',
    startedAt: new Date().toISOString(),
  })
  const calls = Array.from({ length: count }, openCall)
  let told = 0
  const state = { perSecond, left: Infinity, done: () => {} }

  class Feed extends EventTarget {
    #timer
    constructor() {
      super()
      setTimeout(() => this.dispatchEvent(new Event('open')))
      let from = performance.now()
      let sent = 0
      let rate = state.perSecond
      // Never more at once than a socket brings in one read.
      this.#timer = setInterval(() => {
        if (rate !== state.perSecond) {
          from = performance.now()
          sent = 0
          rate = state.perSecond
        }
        const due = Math.floor(((performance.now() - from) / SECOND) * rate)
        for (; sent < due && state.left > 0; sent++) this.#tellNext()
      }, 10)
    }
    #send(type, event) {
      const data = JSON.stringify({ type, ...event })
      this.dispatchEvent(new MessageEvent(type, { data, lastEventId: `boot.${++seq}` }))
    }
    #tellNext() {
      const at = (told++ * 7) % count
      if (told % END_EVERY === 0) {
        this.#send('ended', { ...calls[at], phase: 'ended' })
        calls[at] = openCall()
        this.#send('opened', calls[at])
      }
      const words = `${SENTENCE} ${told}th, please`
      const { callId, phase } = calls[at]
      this.#send('call', {
        callId,
        phase,
        speaker: told % 3 === 0 ? 'caller' : 'assistant',
        words,
        speaking: told % 2 === 0,
      })
      if (--state.left === 0) state.done()
    }
    close() {
      clearInterval(this.#timer)
    }
  }
  const { fetch } = globalThis
  const answer = async (request, options) => {
    const { pathname } = new URL(request.url ?? request, location.href)
    return pathname === '/calls' ? Response.json({ calls }) : fetch(request, options)
  }
  Object.assign(globalThis, { EventSource: Feed, fetch: answer })
  /** Plays so many events as fast as told. */
  bench.play = (events, aSecond) =>
    new Promise((resolve) => Object.assign(state, { perSecond: aSecond, left: events, done: resolve }))
}

if (globalThis.fakeCalls) fakeGateway(globalThis.fakeCalls)
