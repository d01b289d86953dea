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
  expect(readServeArguments([])).toEqual({
    tls: false,
    reach: { allowHosts: [] },
    gateway: {},
    dialogues: [],
    latency: {},
    seed: undefined,
  })
})

test('TLS with a certificate made at the start, or with files named from where the command was typed', () => {
  expect(readServeArguments(['--tls']).tls).toBe(true)
  expect(readServeArguments(['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'], directory).tls).toEqual({ cert, key })
  const { reach } = readServeArguments(['--ca', 'ca.pem', '--insecure', '--allow-host', 'gateway'], directory)
  expect(reach).toEqual({ ca, insecure: true, allowHosts: ['gateway'] })
})

test('where the gateway is: any path, either method, and who is told at the end', () => {
  const args = ['--voice-url', 'http://localhost:5050/in/bound', '--voice-method', 'get', '--status-url', 'none']
  expect(readServeArguments(args).gateway).toEqual({
    voiceUrl: 'http://localhost:5050/in/bound',
    method: 'GET',
    statusCallback: null,
  })
})

test('what the model says and how long it takes, so that two runs can be compared', () => {
  writeFileSync(
    join(directory, 'dialogue.json'),
    JSON.stringify({
      mode: 'pizza',
      tools: [],
      greeting: 'Pizza.',
      unheard: 'Sorry?',
      resumes: 'So.',
      cannot: 'No.',
      failed: 'Oh.',
      exchanges: [{ hears: ['a large one'], says: 'It is on its way.' }],
    }),
  )
  const order = readServeArguments(
    ['--dialogue', 'dialogue.json', '--model-latency', 'firstAudioMs=500, audioSpeed=1.5', '--seed', '7'],
    directory,
  )
  expect(order.dialogues).toMatchObject([{ mode: 'pizza', greeting: 'Pizza.' }])
  expect(order.latency).toEqual({ firstAudioMs: 500, audioSpeed: 1.5 })
  expect(order.seed).toBe(7)
  expect(readServeArguments(['--model-latency', '900']).latency).toEqual({ firstAudioMs: 900 })
})

test.each([
  [['--tls-cert', 'cert.pem'], '--tls-cert and --tls-key belong together'],
  [['--ca', 'nowhere.pem'], /Cannot read .*nowhere\.pem/],
  [['--dialogue', 'cert.pem'], /cert\.pem is no dialogue: .*README/s],
  [['--model-latency', 'thinkMs=5'], /there is no "thinkMs". There are connectMs,/],
  [['--model-latency', 'firstAudioMs=soon'], /"firstAudioMs=soon" is no number/],
  [['--model-latency', '-5'], /argument/],
  [['--model-latency=-5'], /"-5" is no number/],
  [['--model-latency', 'audioSpeed=0'], /is no number of times/],
  [['--model-latency', ''], /is no number/],
  [['--seed', 'x'], /--seed "x" is no whole number/],
  [['--voice-url', '/twiml'], /is no address/],
  [['--tsl'], "Unknown option '--tsl'"],
  [['twilio'], "Unexpected argument 'twilio'"],
])('%s is refused with exit code 2', (args, message) => {
  expect(() => readServeArguments(args, directory)).toThrow(message)
})
