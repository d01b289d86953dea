import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reduce } from '../../src/call/reduce.ts'
import { isGreeting } from '../../src/call/steps/greeting.ts'
import type { CallEvent, TimerName } from '../../src/call/events.ts'
import { always, anyEvent, start, timers, walk } from './any-call.ts'

describe('whatever the order of events', () => {
  it('does nothing after a call has ended', () => {
    always((before, after, effects) => {
      if (before.phase !== 'ended') return
      expect(after).toBe(before)
      expect(effects).toEqual([])
    })
  })

  it('releases sockets, timers and tools exactly when a call ends', () => {
    always((before, after, effects) => {
      const ends = before.phase !== 'ended' && after.phase === 'ended'
      expect(effects.filter(({ type }) => type === 'release')).toHaveLength(ends ? 1 : 0)
      if (ends) expect(after.disposition).toBeDefined()
    })
  })

  it('stops the sound before it corrects the memory', () => {
    always((before, _after, effects, event) => {
      // A reply that broke off has been heard as far as it came.
      if (event.type === 'timerFired' && event.timer === 'owed') return
      const interrupted = effects.findIndex(
        (effect) => effect.type === 'model.send' && effect.command.type === 'interrupt',
      )
      if (interrupted < 0 || !before.mediaAttached) return
      const cleared = effects.findIndex(({ type }) => type === 'media.clear')
      expect(cleared).toBeGreaterThanOrEqual(0)
      expect(cleared).toBeLessThan(interrupted)
    })
  })

  it('never opens a second model while one is open', () => {
    always((before, _after, effects) => {
      if (effects.some(({ type }) => type === 'model.open')) expect(before.model).toBe('closed')
    })
  })

  it('talks to a model only when there is one', () => {
    always((before, after, effects) => {
      const talks = effects.some(
        ({ type }) => type === 'model.send' || type === 'model.greet' || type === 'model.configureConversation',
      )
      if (talks) expect([before.model, after.model]).toContain('configured')
    })
  })

  it('answers each tool call once at most, and at once when it settles', () => {
    const outputs = new Map<string, number>()
    always((before, _after, effects, event) => {
      if (event.type === 'opened') outputs.clear()
      if (event.type === 'toolCalled') outputs.set(event.toolCallId, 0)
      for (const effect of effects)
        if (effect.type === 'model.send' && effect.command.type === 'toolOutput') {
          expect(event.type).toBe('toolSettled')
          expect(outputs.get(effect.command.toolCallId), 'it was called, and has no output').toBe(0)
          outputs.set(effect.command.toolCallId, 1)
        }
    })
  })

  it('asks for one reply per step at most', () => {
    always((_before, _after, effects) => {
      const replies = effects.filter(
        (effect) => effect.type === 'model.greet' || (effect.type === 'model.send' && effect.command.type === 'reply'),
      )
      expect(replies.length).toBeLessThanOrEqual(1)
    })
  })

  it('does not stop a shielded greeting for speech', () => {
    always((before, _after, effects, event) => {
      if (event.type !== 'speechStarted' || !isGreeting(before) || before.shield === 'off') return
      expect(effects.some(({ type }) => type === 'media.clear')).toBe(false)
    })
  })

  it('plays a recorded greeting as soon as somebody is there to hear it, and then asks the model for none', () => {
    always((before, after, effects, event) => {
      const isPlayed = effects.some(({ type }) => type === 'greeting.play')
      if (isPlayed) expect([after.mediaAttached, after.greeting]).toEqual([true, 'playing'])
      if (after.phase === 'live' || after.phase === 'joining')
        expect(after.greeting === 'recorded' && after.mediaAttached).toBe(false)
      if (before.greeting === 'recorded' || before.greeting === 'playing')
        expect([event.type, effects.some(({ type }) => type === 'model.greet')]).toEqual([event.type, false])
    })
  })

  it('lets nothing that is due wait for nobody', () => {
    always((_before, after) => {
      if ((after.phase !== 'live' && after.phase !== 'leaving') || after.goodbye === 'gone') return
      const isFree =
        after.model === 'configured' &&
        !after.callerSpeaking &&
        after.digits === '' &&
        (!after.replyActive || after.cut) &&
        !after.pausing &&
        after.toolsRunning.length === 0
      // What is asked for already comes first.
      if (isFree && after.turn !== 'thinking') expect(after.replyDue).not.toBe('now')
    })
  })

  it('runs the clock of silence whenever the line is quiet', () => {
    always((_before, after) => {
      const isQuiet =
        after.phase === 'live' &&
        after.model === 'configured' &&
        after.turn === 'listening' &&
        !after.callerSpeaking &&
        after.digits === '' &&
        !after.replyActive &&
        after.toolsRunning.length === 0 &&
        after.toolsLeft.length === 0 &&
        !after.consultation &&
        after.screening !== 'asked' &&
        after.screening !== 'waiting'
      if (isQuiet) expect(after.silenceClock).toBe('running')
    })
  })

  it('says goodbye exactly while a call is being left', () => {
    always((_before, after) => {
      if (after.phase === 'ended') return
      expect(after.goodbye !== undefined).toBe(after.phase === 'leaving')
    })
  })

  it('changes to conversation settings once per connection, in a quiet moment', () => {
    always((before, after, effects) => {
      if (!effects.some(({ type }) => type === 'model.configureConversation')) return
      expect(before.opening).toBe(true)
      expect(after.opening).toBe(false)
      expect(after.replyActive).toBe(false)
      expect(after.callerSpeaking).toBe(false)
    })
  })
})

describe('a person who is rung', () => {
  it('is never left ringing when the caller is gone', () => {
    fc.assert(
      fc.property(start, fc.array(anyEvent, { maxLength: 80 }), (options, events) => {
        let ringing = false
        walk(options, events, (before, after, effects) => {
          if (effects.some(({ type }) => type === 'line.ringPerson')) ringing = true
          if (effects.some(({ type }) => type === 'line.dropPerson')) ringing = false
          // Let go into the room where the person waits.
          if (before.departure?.kind === 'conference' && after.disposition === 'transferred') ringing = false
          if (after.phase === 'ended') expect(ringing).toBe(false)
        })
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('every call comes to an end', () => {
  it('when the caller has gone and only timers are left', () => {
    fc.assert(
      fc.property(start, fc.array(anyEvent, { maxLength: 40 }), (options, events) => {
        let state = walk(options, events, () => {})
        const running = new Set<TimerName>(timers)
        // Whatever is still to come, a detached socket and enough timers end it.
        const rest: CallEvent[] = [
          { type: 'mediaDetached', graceful: false, heard: [] },
          ...timers.flatMap((timer): CallEvent[] => [
            { type: 'timerFired', timer },
            { type: 'timerFired', timer },
          ]),
        ]
        for (const event of [...rest, ...rest]) {
          if (event.type === 'timerFired' && !running.has(event.timer)) continue
          ;[state] = reduce(state, event)
        }
        expect(state.phase).toBe('ended')
      }),
      { numRuns: 1_000 },
    )
  })
})
