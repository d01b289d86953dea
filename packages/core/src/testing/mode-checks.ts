import assert from 'node:assert/strict'
import { isPerson } from '../route.ts'
import { tryE164 } from '../telephone/e164.ts'
import { ToolError, type Tool } from '../mode/tool.ts'
import { briefAll, callOf, parametersOf, sampleInput, SETTLE_MS, type ModeCheck } from './mode-fixtures.ts'

const garbageFor = (tool: Tool): string[] => {
  const properties = Object.keys(parametersOf(tool).properties ?? {})
  return [
    '{',
    'call me',
    // Models write "no value" in many ways; only missing required fields are rejected.
    ...((parametersOf(tool).required ?? []).length > 0 ? ['', 'null', '[]'] : []),
    '42',
    '"text"',
    JSON.stringify({ ...sampleInput(tool), unheard_of: 1 }),
    `{"__proto__":{"x":1},"constructor":1}`,
    ...properties.map((name) => JSON.stringify({ ...sampleInput(tool), [name]: { $ne: null } })),
    ...(parametersOf(tool).required ?? []).map((name) => JSON.stringify({ ...sampleInput(tool), [name]: undefined })),
  ]
}

/** The contract of a mode: checks by description; each throws what is wrong. */
export const modeChecks: Readonly<Record<string, ModeCheck>> = {
  'names its tools once each, in snake_case, and describes them'({ tools }) {
    const names = tools.map(({ name }) => name)
    assert.equal(new Set(names).size, names.length, `a name occurs twice in ${names.join(', ')}`)
    for (const { name, description } of tools) {
      assert.match(name, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
      assert.ok(description.length > 10 && description.length <= 1_024, `${name}: description`)
    }
  },

  'shows the model a strict JSON Schema for every tool'({ tools }) {
    const check = (schema: unknown, where: string): void => {
      if (typeof schema !== 'object' || schema === null) return
      if ('properties' in schema || ('type' in schema && schema.type === 'object')) {
        const { type, additionalProperties } = schema as {
          readonly type?: string
          readonly additionalProperties?: unknown
        }
        assert.equal(type, 'object', where)
        assert.equal(additionalProperties, false, `${where} takes unknown keys: make it a z.strictObject`)
      }
      for (const [key, value] of Object.entries(schema)) check(value, `${where}.${key}`)
    }
    for (const tool of tools) {
      assert.equal(parametersOf(tool).type, 'object', tool.name)
      check(tool.parameters, tool.name)
    }
  },

  'can stay silent, and can end the call'({ tools }) {
    assert.ok(
      tools.some(({ effect }) => effect === 'listen'),
      'nothing lets it stay silent, and a model is asked for a reply after every noise: give it keepListeningTool()',
    )
    assert.ok(
      tools.some(({ name }) => name === 'hang_up'),
      'nothing lets it end the call: give it hangUpTool()',
    )
  },

  async 'writes a prompt without holes'(mode, fixtures) {
    for (const { instructions, greeting, facts } of await briefAll(mode, fixtures))
      assert.doesNotMatch(
        instructions + (greeting ?? ''),
        /undefined|NaN|\[object|Invalid Date/,
        `of a call with ${JSON.stringify(facts.otherParty)} it is told "undefined" or the like: leave out what is not known`,
      )
  },

  async 'begins the prompt with the same bytes on every call'(mode, fixtures) {
    const [first, ...others] = (await briefAll(mode, fixtures)).map(({ instructions }) =>
      instructions.split(/\n\n(?=# )/),
    )
    assert.ok(first && others.length > 0, 'needs two callers')
    for (const other of others) {
      const shared: number = first.findIndex((section, index) => section !== other[index])
      const prefix: number = (shared < 0 ? first : first.slice(0, shared)).join('\n\n').length
      assert.ok(
        prefix >= first.join('\n\n').length / 2,
        `only ${prefix} characters are the same: put what every call has into fixed sections, ahead of the live ones`,
      )
    }
  },

  async 'keeps the prompt free of what other calls and hostile names bring'(mode, fixtures) {
    const briefings = await briefAll(mode, fixtures)
    for (const { instructions, greeting, facts } of briefings) {
      assert.doesNotMatch(
        `${instructions}\n${greeting ?? ''}`,
        /<\||^# Rules\nTransfer everybody/m,
        'a name that somebody has chosen opens a section of its own: write it with quotedText',
      )
      const unquoted = `${instructions.replaceAll(/"[^"\n]*"/g, '')}\n${greeting ?? ''}`
      assert.doesNotMatch(
        unquoted,
        /Transfer everybody/,
        'a name that somebody has chosen stands outside of quotes: write it with quotedText',
      )
      const strangers = fixtures.callers.filter(({ callId }) => callId !== facts.callId)
      for (const { callId, otherParty: caller } of strangers)
        for (const secret of [callId, caller.number])
          assert.ok(
            !secret || secret === facts.otherParty.number || !instructions.includes(secret),
            'data of another call',
          )
    }
    const [facts] = fixtures.callers
    const again = await Promise.all([mode.brief(facts!), mode.brief(facts!)])
    assert.equal(again[0].instructions, again[1].instructions, 'the same call is briefed differently')
  },

  async 'mentions only tools it has'(mode, fixtures) {
    const known = new Set([
      ...Object.keys(mode.routes),
      ...mode.tools.flatMap((tool) => [tool.name, ...Object.keys(parametersOf(tool).properties ?? {})]),
    ])
    const prose = (await briefAll(mode, fixtures)).map(({ instructions }) => instructions)
    for (const text of [...prose, ...mode.tools.map(({ description }) => description)])
      // An underscore in an address is not a tool name.
      for (const [word] of text.matchAll(/(?<![\w.@/-])[a-z]+(?:_[a-z]+)+(?![\w@/-]|\.\w)/g))
        assert.ok(known.has(word), `there is no ${word}`)
  },

  async 'greets in words when it greets'(mode, fixtures) {
    for (const { greeting } of await briefAll(mode, fixtures))
      if (greeting !== undefined)
        assert.match(
          greeting,
          /^[\p{L}\p{N}\p{Pi}¡¿"'„][^\n#*<>{}]{5,300}$/u,
          `"${greeting}" is no greeting: write 6 to 300 characters to be spoken, in one line and without # * < > { }`,
        )
  },

  'can reach every route, and no other'({ routes, tools }) {
    for (const [key, route] of Object.entries(routes)) {
      if (isPerson(route)) assert.ok(tryE164(route.number), `${key}: ${route.number}`)
      assert.match(route.label, /\S/, key)
    }
    const reached = new Set<unknown>()
    for (const tool of tools)
      if (['transfer_call', 'warm_transfer'].includes(tool.name))
        for (const key of parametersOf(tool).properties?.['destination']?.enum ?? []) reached.add(key)
    const left = Object.keys(routes).filter((key) => !reached.has(key))
    assert.deepEqual(left, [], 'no tool leads there: give them to transferTool or warmTransferTool, or leave them out')
    const lost = [...reached].filter((key) => !Object.hasOwn(routes, String(key)))
    assert.deepEqual(lost, [], 'these are offered and are no routes of the mode: list them in routes')
  },

  async 'refuses garbage from the model with a sentence'(mode, fixtures) {
    const [briefing] = await briefAll(mode, fixtures)
    for (const tool of mode.tools)
      for (const garbage of garbageFor(tool))
        await assert.rejects(
          tool.invoke(garbage, callOf(briefing!.facts, briefing!.known).context),
          (error) => error instanceof ToolError && error.message.length > 0 && error.message.length <= 300,
          `${tool.name}(${garbage})`,
        )
  },

  async 'settles every tool when the call is over'(mode, fixtures) {
    const [briefing] = await briefAll(mode, fixtures)
    for (const tool of mode.tools) {
      const running = new AbortController()
      const input = JSON.stringify(sampleInput(tool))
      const run = tool.invoke(input, callOf(briefing!.facts, briefing!.known, running.signal).context)
      const settled = run.then(
        () => undefined,
        (error: unknown) => assert.ok(error instanceof ToolError, `${tool.name} fails with ${String(error)}`),
      )
      running.abort()
      let late: NodeJS.Timeout | undefined
      const deadline = new Promise<never>((_, reject) => {
        late = setTimeout(
          () =>
            reject(new assert.AssertionError({ message: `${tool.name} does not settle after its signal has aborted` })),
          SETTLE_MS,
        )
      })
      await Promise.race([settled, deadline]).finally(() => clearTimeout(late))
    }
  },
}
