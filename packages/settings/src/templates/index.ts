import type { WrittenDocument } from '../document.ts'
import { dentalPractice } from './dental-practice.ts'
import { empty } from './empty.ts'
import { repairShop } from './repair-shop.ts'
import { restaurant } from './restaurant.ts'

export { dentalPractice }

/** A document to begin with. Its telephone numbers belong to nobody. */
export interface Template {
  readonly name: string
  /** One sentence for people who choose. */
  readonly about: string
  readonly document: WrittenDocument
}

/** Every template, the example first. */
export const templates: readonly Template[] = [
  {
    name: 'dental-practice',
    about: 'The example: a menu, a front desk, customer service with appointments, and reminders.',
    document: dentalPractice,
  },
  { name: 'restaurant', about: 'A front desk with split hours, holidays and three answers.', document: restaurant },
  {
    name: 'repair-shop',
    about: 'A menu with two departments and a voicemail, and a front desk.',
    document: repairShop,
  },
  { name: 'empty', about: 'A front desk that takes messages, and nothing else.', document: empty },
]
