export {
  createCompletionDelivery,
  type CompletionDelivery,
  type CompletionProblem,
  type CompletionSettings,
} from './completion-delivery.ts'
export type { EmailSettings } from './email.ts'
export {
  createMessageDelivery,
  type DeliveryBook,
  type DeliveryProblem,
  type DeliverySettings,
  type MessageDelivery,
} from './message-delivery.ts'
export type { WebhookSettings } from './webhook.ts'
