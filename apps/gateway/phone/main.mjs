// `./phone`: finds the command in the table and the Node to run it with, and becomes it.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commands, exitCodes } from './commands.mjs'
import { completionOf } from './completion.mjs'
import { handOver } from './hand-over.mjs'
import { nearest } from './nearest.mjs'
import { FLAGS, MALLOC } from './run-flags.mjs'

/** The first version of Node that runs TypeScript as it is. */
const LEAST = /** @type {const} */ ([22, 18])

const above = fileURLToPath(new URL('../../../', import.meta.url))
const isCheckout = existsSync(join(above, 'pnpm-workspace.yaml'))
/** A build lies two folders higher: this is a copy in `files/` of it. */
const root = isCheckout ? above : dirname(dirname(above))
const built = isCheckout ? join(root, 'dist') : dirname(above)

const { PHONE_AS: as = './phone' } = process.env

/**
 * @param {string} sentence
 * @param {number} code
 */
const end = (sentence, code) => {
  console.error(sentence)
  process.exitCode = code
}

const isNewEnough = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])
}

/** The Node that the workspace pins, when it is installed and runs on this machine. */
const pinnedNode = () => {
  const bin = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(bin) ? bin : undefined
}

/** Whether what is installed is not what the lock file names, as after a pull. pnpm keeps a copy of the one it installed. */
const isBehind = () => {
  const wanted = join(root, 'pnpm-lock.yaml')
  const installed = join(root, 'node_modules', '.pnpm', 'lock.yaml')
  return existsSync(wanted) && existsSync(installed) && !readFileSync(wanted).equals(readFileSync(installed))
}

/**
 * Installs what is missing. Says so in one line, and what went wrong only if it did.
 *
 * @param {string} sentence
 */
const install = (sentence) => {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  console.error(sentence)
  const isWindows = process.platform === 'win32'
  const { status, stdout, stderr, error } = spawnSync('npx', ['-y', packageManager, 'install', '--frozen-lockfile'], {
    cwd: root,
    encoding: 'utf8',
    shell: isWindows,
    env: { ...process.env, CI: 'true' },
  })
  if (status === 0) return true
  if (error) end('npx is missing: install Node with npm from https://nodejs.org, then run this again.', 1)
  else end(`${stdout}${stderr}\nThe installation failed; what it said stands above.`, 1)
  return false
}

const help = () => {
  const groups = [...new Set(commands.map(({ group }) => group))]
  const width = Math.max(...commands.map(({ name }) => name.length))
  /** @param {string} group */
  const linesOf = (group) =>
    commands
      .filter((command) => command.group === group && (isCheckout || !command.checkout))
      .map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`)
  return [
    `Usage: ${as} COMMAND [OPTIONS]`,
    ...groups.map((group) => [`${group}:`, ...linesOf(group)].join('\n')),
    [
      'Options:',
      `  --help      shows this; ${as} COMMAND --help tells more of a command`,
      '  --version   shows the version',
    ].join('\n'),
    [
      'Examples:',
      ...(isCheckout ? [`  ${as} dev`, `  ${as} call --to +14155550101 --say "I have a question about my bill"`] : []),
      `  ${as} status`,
      `  ${as} completion bash >> ~/.bashrc   (also zsh and fish)`,
    ].join('\n'),
    ['Exit codes:', ...exitCodes.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`)].join('\n'),
  ].join('\n\n')
}

/**
 * Runs a command of the table.
 *
 * @param {import('./commands.mjs').Command} command
 * @param {readonly string[]} typed
 */
const run = (command, typed) => {
  const env = {
    ...process.env,
    PHONE_AS: as,
    // For what the commands start themselves, as `new-mode` and its installation.
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    // To strip types takes half of the time that a command needs to start.
    ...(isCheckout && command.name !== 'start' && !process.env.NODE_COMPILE_CACHE
      ? { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node') }
      : {}),
  }
  const args = [...(command.args || []), ...typed]
  if (isCheckout) return handOver(process.execPath, [join(root, command.file), ...args], env)
  if (command.checkout) return end(`${command.name} needs a checkout of the sources; this is a build.`, 1)
  if (command.name !== 'start') return handOver(process.execPath, [join(built, `${command.name}.js`), ...args], env)
  const program = args.includes('--background') ? [join(built, 'background.js')] : [...FLAGS, join(built, 'main.js')]
  return handOver(process.execPath, [...program, ...args], { ...MALLOC, ...env })
}

const main = () => {
  const [name, ...rest] = process.argv.slice(2)
  const asked = name === 'help' && rest[0] !== undefined ? rest[0] : name
  const typed = name === 'help' ? ['--help'] : rest
  if (asked === undefined || asked === '--help' || asked === '-h' || asked === 'help') return console.log(help())
  if (asked === '--version') {
    const { version } = JSON.parse(readFileSync(join(isCheckout ? root : built, 'package.json'), 'utf8'))
    return console.log(`llc-phone ${version}, Node ${process.versions.node}`)
  }
  if (asked === 'completion') {
    const text = completionOf(typed[0])
    return text === undefined ? end(`Name a shell: ${as} completion bash, zsh or fish.`, 2) : process.stdout.write(text)
  }
  const command = commands.find((each) => each.name === asked)
  if (!command) {
    const meant = nearest(
      asked,
      commands.map((each) => each.name),
    )
    return end(
      `There is no command "${asked}".${meant ? ` Did you mean "${meant}"?` : ''} ${as} --help lists them all.`,
      2,
    )
  }
  const pinned = isCheckout ? pinnedNode() : undefined
  if (isCheckout && !existsSync(join(root, 'node_modules'))) {
    if (!install('Installing what llc-phone needs. This is done once, and takes a minute.')) return undefined
  } else if (pinned && isBehind()) {
    // Without the pinned Node it is an installation for production, whose packages are fewer on purpose.
    if (!install('Installing what has changed since the last time.')) return undefined
  }
  if (isNewEnough()) return run(command, typed)
  const newer = isCheckout ? pinnedNode() : undefined
  if (newer) return handOver(newer, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], process.env)
  return end(
    `llc-phone needs Node ${LEAST.join('.')} or later, and this is ${process.versions.node}: install it from https://nodejs.org, then run this again.`,
    1,
  )
}

main()
