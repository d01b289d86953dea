import type { ModelCommand } from '../model.ts'
import type { ClientEvent } from './protocol.ts'
import type { Replies } from './replies.ts'
import type { Settings } from './server-settings.ts'

/** The parts of a connection that carry out commands. */
export interface Performers {
  readonly settings: Settings
  readonly replies: Replies
  probe(): void
  send(event: ClientEvent): string
}

/** Carries out a command of the call on a configured session. */
export const perform = (command: ModelCommand, { settings, replies, probe, send }: Performers): void => {
  switch (command.type) {
    case 'configure':
      return settings.change(command.config)
    case 'addMessage':
      return replies.write(command)
    case 'addHistory':
      return replies.remember(command.items)
    case 'reply':
      return replies.ask(command.again)
    case 'toolOutput':
      return replies.answerTool(command.toolCallId, command.output)
    case 'interrupt':
      return replies.interrupt(command.heard, command.cause === 'speech' && settings.interruptsItself)
    case 'dismissTurn':
      return replies.dismissTurn()
    case 'probe':
      return probe()
    case 'endTurn':
      return void send({ type: 'input_audio_buffer.commit' })
  }
}
