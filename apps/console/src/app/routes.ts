import {
  Activity,
  Building2,
  ChartLine,
  Hash,
  House,
  List,
  Mail,
  PhoneCall,
  PhoneOutgoing,
  Settings,
  Users,
  type LucideIcon,
} from 'lucide-react'
import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import type { Role } from './role.ts'

/** A page of the console: where it is, and who may see it. Each page is a chunk of its own, loaded when somebody goes there. */
export interface Route {
  /** Below `/console`; `:name` and `*` as in wouter. */
  readonly path: string
  /** Its name in the navigation; without one, it is reached from another page. */
  readonly name?: string
  readonly role: Role
  readonly icon?: LucideIcon
  /** Pressed after `g` it leads here. */
  readonly key?: string
  /** In the bar at the bottom of a phone. */
  readonly isMain?: boolean
  readonly page: LazyExoticComponent<ComponentType>
}

/** All pages, in the order of the navigation. */
export const routes: readonly Route[] = [
  {
    path: '/',
    name: 'Home',
    icon: House,
    key: 'h',
    isMain: true,
    role: 'viewer',
    page: lazy(() => import('../pages/home/home-page.tsx')),
  },
  {
    path: '/live',
    name: 'Live',
    icon: Activity,
    key: 'l',
    isMain: true,
    role: 'viewer',
    page: lazy(() => import('../pages/live/live-page.tsx')),
  },
  {
    path: '/calls',
    name: 'Calls',
    icon: List,
    key: 'c',
    role: 'viewer',
    page: lazy(() => import('../pages/calls/calls-page.tsx')),
  },
  { path: '/calls/:id/*?', role: 'viewer', page: lazy(() => import('../pages/call/call-page.tsx')) },
  {
    path: '/messages',
    name: 'Messages',
    icon: Mail,
    key: 'm',
    isMain: true,
    role: 'viewer',
    page: lazy(() => import('../pages/messages/messages-page.tsx')),
  },
  {
    path: '/try',
    name: 'Try it',
    icon: PhoneCall,
    key: 't',
    isMain: true,
    role: 'operator',
    page: lazy(() => import('../pages/try/try-page.tsx')),
  },
  {
    path: '/numbers/*?',
    name: 'Numbers',
    icon: Hash,
    key: 'n',
    role: 'viewer',
    page: lazy(() => import('../pages/numbers/numbers-page.tsx')),
  },
  {
    path: '/business/*?',
    name: 'Business',
    icon: Building2,
    key: 'b',
    role: 'manager',
    page: lazy(() => import('../pages/business/business-page.tsx')),
  },
  {
    path: '/customers/*?',
    name: 'Customers',
    icon: Users,
    key: 'u',
    role: 'viewer',
    page: lazy(() => import('../pages/customers/customers-page.tsx')),
  },
  {
    path: '/outbound/*?',
    name: 'Outbound',
    icon: PhoneOutgoing,
    key: 'o',
    role: 'viewer',
    page: lazy(() => import('../pages/outbound/outbound-page.tsx')),
  },
  {
    path: '/quality/*?',
    name: 'Quality',
    icon: ChartLine,
    key: 'q',
    role: 'viewer',
    page: lazy(() => import('../pages/quality/quality-page.tsx')),
  },
  {
    path: '/system/*?',
    name: 'System',
    icon: Settings,
    key: 's',
    role: 'viewer',
    page: lazy(() => import('../pages/system/system-page.tsx')),
  },
]

/** The address of a page, below `/console`, without what may follow. */
export const linkOf = (path: string): string => path.replace('/*?', '')
