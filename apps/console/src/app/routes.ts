import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import type { Role } from './role.ts'

/** A page of the console: where it is, and who may see it. Each page is a chunk of its own, loaded when somebody goes there. */
export interface Route {
  /** Below `/console`; `:name` and `*` as in wouter. */
  readonly path: string
  /** Its name in the navigation; without one, it is reached from another page. */
  readonly name?: string
  readonly role: Role
  readonly page: LazyExoticComponent<ComponentType>
}

/** All pages, in the order of the navigation. */
export const routes: readonly Route[] = [
  { path: '/', name: 'Home', role: 'viewer', page: lazy(() => import('../pages/home/home-page.tsx')) },
  { path: '/live', name: 'Live', role: 'viewer', page: lazy(() => import('../pages/live/live-page.tsx')) },
  { path: '/calls', name: 'Calls', role: 'viewer', page: lazy(() => import('../pages/calls/calls-page.tsx')) },
  { path: '/calls/:id', role: 'viewer', page: lazy(() => import('../pages/call/call-page.tsx')) },
  {
    path: '/messages',
    name: 'Messages',
    role: 'viewer',
    page: lazy(() => import('../pages/messages/messages-page.tsx')),
  },
  { path: '/try', name: 'Try it', role: 'operator', page: lazy(() => import('../pages/try/try-page.tsx')) },
  { path: '/numbers', name: 'Numbers', role: 'viewer', page: lazy(() => import('../pages/numbers/numbers-page.tsx')) },
  {
    path: '/business/*?',
    name: 'Business',
    role: 'manager',
    page: lazy(() => import('../pages/business/business-page.tsx')),
  },
  {
    path: '/customers/*?',
    name: 'Customers',
    role: 'viewer',
    page: lazy(() => import('../pages/customers/customers-page.tsx')),
  },
  {
    path: '/outbound/*?',
    name: 'Outbound',
    role: 'viewer',
    page: lazy(() => import('../pages/outbound/outbound-page.tsx')),
  },
  {
    path: '/quality/*?',
    name: 'Quality',
    role: 'viewer',
    page: lazy(() => import('../pages/quality/quality-page.tsx')),
  },
  { path: '/system/*?', name: 'System', role: 'viewer', page: lazy(() => import('../pages/system/system-page.tsx')) },
]
