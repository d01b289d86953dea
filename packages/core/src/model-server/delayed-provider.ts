import type { Clock } from '../clock.ts'
import type { ModelConnection, ModelProvider } from '../model.ts'

/** A provider whose first connection is opened after a while (ms); until then it is as one that has not been configured yet. */
export const delayedProvider = (provider: ModelProvider, clock: Clock, delayMs: number): ModelProvider => {
  let isFirst = true
  return {
    name: provider.name,
    can: provider.can,
    connect(config, listener, purpose) {
      if (!isFirst) return provider.connect(config, listener, purpose)
      isFirst = false
      let connection: ModelConnection | undefined
      const timer = clock.after(delayMs, () => {
        connection = provider.connect(config, listener, purpose)
      })
      return {
        send: (command) => connection?.send(command),
        appendAudio: (payload) => connection?.appendAudio(payload),
        close() {
          timer.stop()
          connection?.close()
        },
      }
    },
  }
}
