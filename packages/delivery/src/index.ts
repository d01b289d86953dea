export type { EmailSettings } from './email.ts'
export {
  createMessageDelivery,
  type DeliveryBook,
  type DeliveryProblem,
  type DeliverySettings,
  type MessageDelivery,
} from './message-delivery.ts'
export type { WebhookSettings } from './webhook.ts'
