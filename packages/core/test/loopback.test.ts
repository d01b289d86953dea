import { expect, it } from 'vitest'
import { isLoopback } from '../src/index.ts'

it.each([
  ['http://127.255.255.254', true],
  ['ws://[::ffff:127.0.0.1]:1/x', true],
  ['http://app.localhost', true],
  ['http://2130706433', true],
  ['http://128.0.0.1', false],
  ['http://notlocalhost', false],
  ['http://1270.0.0.1.nip.io', false],
  ['smtp://LOCALHOST:25', true],
  ['smtp://mail.example.com', false],
  ['no address', false],
])('%s is this machine: %s', (address, expected) => expect(isLoopback(address)).toBe(expected))
