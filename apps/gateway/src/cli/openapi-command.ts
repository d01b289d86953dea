import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { typesOf } from '../openapi-types.ts'
import { allRoutes, describeRoutes } from '../openapi.ts'
import { runCommand } from './admin-client.ts'

const HELP = `Usage: ./phone openapi

Writes docs/reference/openapi.json from the schemas of the gateway's routes, and the console's types from it. The gateway
serves that file at /docs/json.

Options:
  --help   shows this

Examples:
  ./phone openapi`

runCommand(async () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) return console.log(asCalled(HELP))
  const file = fileURLToPath(new URL('../../../../docs/reference/openapi.json', import.meta.url))
  const text = `${JSON.stringify(describeRoutes(await allRoutes()), null, 2)}\n`
  writeFileSync(file, text)
  console.log(`${file} written.`)
  const types = fileURLToPath(new URL('../../../console/src/api/openapi.ts', import.meta.url))
  writeFileSync(types, await typesOf(text))
  console.log(`${types} written.`)
})
