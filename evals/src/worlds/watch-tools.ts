import { ToolError, type Mode } from '@llc-phone/core'
import type { Entry } from '../trace.ts'

const parsed = (json: string): unknown => {
  try {
    return json === '' ? {} : JSON.parse(json)
  } catch {
    return json
  }
}

/** The same mode; what its tools are asked, and what they answer, is noted when they answer. */
export const watchTools = (mode: Mode, note: (entry: Entry) => void): Mode => ({
  ...mode,
  tools: mode.tools.map((tool) => ({
    ...tool,
    async invoke(argumentsJson, context) {
      const { name } = tool
      const input = parsed(argumentsJson)
      try {
        const answer = await tool.invoke(argumentsJson, context)
        note({ kind: 'tool', name, input, output: JSON.stringify(answer ?? { status: 'done' }), failed: false })
        return answer
      } catch (error) {
        const output = error instanceof ToolError ? error.message : 'That did not work.'
        note({ kind: 'tool', name, input, output, failed: true })
        throw error
      }
    },
  })),
})
