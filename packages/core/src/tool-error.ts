/** An error whose message the model hears; nothing else about a failure ever reaches it. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
}
