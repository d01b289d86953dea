import { commands } from './commands.mjs'

const names = [...commands.map(({ name }) => name), 'completion', 'help']

const bash = () => `# ./phone completion bash >> ~/.bashrc
_phone() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names.join(' ')} --help --version" -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${commands.map(({ name, words = [] }) => `    ${name}) COMPREPLY=($(compgen -W "${[...words, '--help'].join(' ')}" -- "$word")) ;;`).join('\n')}
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")) ;;
    help) COMPREPLY=($(compgen -W "${names.join(' ')}" -- "$word")) ;;
  esac
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _phone phone ./phone
`

/** @param {string} text */
const quoted = (text) => `'${text.replace(/'/g, `'\\''`)}'`

const zsh = () => `#compdef phone
# ./phone completion zsh > ~/.zfunc/_phone, and "fpath+=~/.zfunc; autoload -Uz compinit; compinit" in ~/.zshrc
_phone() {
  local -a names
  if (( CURRENT == 2 )); then
    names=(
${commands.map(({ name, about }) => `      ${quoted(`${name}:${about}`)}`).join('\n')}
      'completion:prints completion for a shell'
    )
    _describe command names
    return
  fi
  case $words[2] in
${commands.map(({ name, words = [] }) => `    ${name}) compadd -- ${[...words, '--help'].join(' ')}; _files ;;`).join('\n')}
    completion) compadd bash zsh fish ;;
  esac
}
compdef _phone phone ./phone
`

const fish = () =>
  [
    '# ./phone completion fish > ~/.config/fish/completions/phone.fish',
    'complete -c phone -n __fish_use_subcommand -f',
    ...commands.map(({ name, about }) => `complete -c phone -n __fish_use_subcommand -a ${name} -d ${quoted(about)}`),
    `complete -c phone -n __fish_use_subcommand -a completion -d ${quoted('prints completion for a shell')}`,
    ...commands.map(
      ({ name, words = [] }) =>
        `complete -c phone -n "__fish_seen_subcommand_from ${name}" -a ${quoted([...words, '--help'].join(' '))}`,
    ),
    'complete -c phone -n "__fish_seen_subcommand_from completion" -f -a "bash zsh fish"',
    '',
  ].join('\n')

/**
 * What a shell reads to complete `phone`; undefined for a shell that we do not know.
 *
 * @param {string | undefined} shell
 */
export const completionOf = (shell) => {
  if (shell === 'bash') return bash()
  if (shell === 'zsh') return zsh()
  return shell === 'fish' ? fish() : undefined
}
