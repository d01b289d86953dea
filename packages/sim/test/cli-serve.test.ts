import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readServeArguments } from '../src/cli/serve-arguments.ts'
import { makeCertificate } from '../src/tls/certificate.ts'

const directory = mkdtempSync(join(tmpdir(), 'serve-'))
const { cert, key, ca } = makeCertificate()
writeFileSync(join(directory, 'cert.pem'), cert)
writeFileSync(join(directory, 'key.pem'), key)
writeFileSync(join(directory, 'ca.pem'), ca)

test('without anything: plain HTTP, and nothing but this machine is contacted', () => {
  expect(readServeArguments([])).toEqual({ tls: false, reach: { allowHosts: [] }, gateway: {} })
})

test('TLS with a certificate made at the start, or with files named from where the command was typed', () => {
  expect(readServeArguments(['--tls']).tls).toBe(true)
  expect(readServeArguments(['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'], directory).tls).toEqual({ cert, key })
  const { reach } = readServeArguments(['--ca', 'ca.pem', '--insecure', '--allow-host', 'gateway'], directory)
  expect(reach).toEqual({ ca, insecure: true, allowHosts: ['gateway'] })
})

test.each([
  [['--tls-cert', 'cert.pem'], '--tls-cert and --tls-key belong together'],
  [['--ca', 'nowhere.pem'], /Cannot read .*nowhere\.pem/],
  [['--tsl'], "Unknown option '--tsl'"],
  [['twilio'], "Unexpected argument 'twilio'"],
])('%s is refused with exit code 2', (args, message) => {
  expect(() => readServeArguments(args, directory)).toThrow(message)
})
