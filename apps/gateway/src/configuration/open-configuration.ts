import { GatewayError, maskNumber, systemClock } from '@llc-phone/core'
import { destinationFindings } from '@llc-phone/delivery'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import type { NumberBook, SettingsBook } from '@llc-phone/store'
import type { SettingsCopy } from '@llc-phone/database'
import type { Logger } from 'pino'
import { configureGateway, type ConfigureOptions, type GatewayConfig } from '../../gateway.config.ts'
import { describeCause } from '../watching/describe-cause.ts'
import { messageSecrets } from './destinations.ts'
import type { Env } from './env.ts'
import { createNumbers, type Numbers } from './numbers.ts'
import { createOutboundModes, type OutboundModes } from './outbound.ts'
import { openSettings, type Settings } from './settings.ts'
import { settingsFile } from './settings-file.ts'

/** What gateway.config.ts offers, and what the settings in force make of it. */
export interface Configuration extends Pick<GatewayConfig, 'messages' | 'delivery'> {
  readonly settings: Settings
  readonly numbers: Numbers
  readonly outbound: OutboundModes
}

/** What it is read from. */
export interface ConfigurationOptions {
  readonly store: DrizzleStore
  readonly book: Pick<SettingsBook, 'newest' | 'list' | 'find' | 'publish'>
  readonly copy: SettingsCopy | undefined
  readonly log: Logger
  readonly demoData?: boolean
  readonly watch?: ConfigureOptions['watch']
  /** Replaces gateway.config.ts. */
  readonly configure?: typeof configureGateway | undefined
  nowOrLater(task: () => Promise<void>): Promise<void>
}

/** Reads gateway.config.ts and the settings. Throws `config_invalid`. */
export const openConfiguration = async (env: Env, options: ConfigurationOptions): Promise<Configuration> => {
  const { store, log, demoData = false, configure = configureGateway, watch, ...rest } = options
  let settings: Settings | undefined
  const {
    kinds,
    outboundKinds = [],
    seed,
    messages,
    delivery,
  } = await configure({
    env,
    store,
    log,
    demoData,
    ...(watch ? { watch } : {}),
    inForce: () => settings!.inForce.built,
  })
  settings = await openSettings({
    ...rest,
    log,
    seed,
    kinds: {
      kinds,
      outboundKinds,
      alsoCheck: (document) => destinationFindings(document.messages, messageSecrets(env)),
    },
    file: env.SETTINGS === undefined ? undefined : settingsFile(env.SETTINGS),
    clock: systemClock,
  })
  const inForce = () => settings.inForce
  return {
    settings,
    numbers: createNumbers(inForce),
    outbound: createOutboundModes(inForce, env.TWILIO_PHONE_NUMBER),
    messages,
    ...(delivery ? { delivery } : {}),
  }
}

/** Applies the assignments made at run time on top of the settings. */
export const recallAssignments = async (numbers: Numbers, stored: Pick<NumberBook, 'list'>): Promise<void> => {
  numbers.assignOnly(await stored.list())
}

/** Logs the assignments that lead nowhere; the numbers answer as the settings say. */
export const reportLost = (numbers: Numbers, log: Logger): void => {
  for (const { number, name } of numbers.lost())
    log.warn(
      { dialled: maskNumber(number), instance: name },
      'stored assignment left out, because the settings have no such instance: ./phone numbers set or remove puts it right',
    )
}

/** Reads the file of SETTINGS again. The former settings go on when it has mistakes, which are logged: they must cost no call. */
export const reloadLogged = async (settings: Settings, log: Logger): Promise<void> => {
  try {
    await settings.reload()
    log.info({ version: settings.inForce.version }, 'settings read again: they hold from the next call on')
  } catch (error) {
    const reason = error instanceof GatewayError ? { reason: error.message } : describeCause(error)
    log.error(reason, 'settings not read again')
  }
}
