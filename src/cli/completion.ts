import { optionList } from './options.js';
import type { OptionDefinition, SHELLS } from './option-definition.js';

type Shell = (typeof SHELLS)[number];

/** The completion script for a shell. */
export function completion(shell: Shell): string {
  return { bash, zsh, fish }[shell]();
}

const forms = (name: string, { short }: OptionDefinition) => [...(short ? [`-${short}`] : []), `--${name}`];

/** Without what is in parentheses. */
const brief = ({ help }: OptionDefinition) => help.replace(/ \([^)]*\)/g, '');

function bash(): string {
  const withValue = optionList.filter(([, { value }]) => value !== undefined);
  const cases = withValue.map(([name, option]) => {
    const { completes } = option;
    const reply =
      completes === 'file'
        ? `compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$current"))`
        : completes
          ? `COMPREPLY=($(compgen -W '${completes.join(' ')}' -- "$current"))`
          : 'COMPREPLY=()';
    return `    ${forms(name, option).join('|')}) ${reply} ;;\n`;
  });
  const all = optionList.flatMap(([name, option]) => forms(name, option)).join(' ');
  return `# bash completion of rxwire: eval "$(rxwire --completion bash)"
_rxwire() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  # --option=value is three words
  if [ "$current" = = ]; then current=; elif [ "$previous" = = ]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case $previous in
${cases.join('')}    *) case $current in
      -*) COMPREPLY=($(compgen -W '${all}' -- "$current")) ;;
      *) COMPREPLY=() ;;
    esac ;;
  esac
}
complete -F _rxwire rxwire
`;
}

function zsh(): string {
  const specs = optionList.map(([name, option]) => {
    const { value, completes, multiple } = option;
    const names = forms(name, option);
    const action = completes === 'file' ? '_files' : completes ? `(${completes.join(' ')})` : '';
    const spec = `[${brief(option).replace(/[[\]:\\]/g, '\\$&')}]${value ? `:${name}:${action}` : ''}`;
    const shown = names.length > 1 ? `{${names.join(',')}}` : names[0]!;
    return multiple ? `  '*'${shown}${inQuotes(spec)} \\\n` : `  '(${names.join(' ')})'${shown}${inQuotes(spec)} \\\n`;
  });
  return `#compdef rxwire
# zsh completion of rxwire: save it as _rxwire in a folder of $fpath, or eval "$(rxwire --completion zsh)" behind compinit
_rxwire() {
  _arguments -s \\
${specs.map((spec) => `  ${spec}`).join('')}    '1:url:'
}
if [ "$funcstack[1]" = _rxwire ]; then _rxwire "$@"; else compdef _rxwire rxwire; fi
`;
}

function fish(): string {
  const lines = optionList.map(([name, option]) => {
    const { short, value, completes } = option;
    const argument =
      value === undefined
        ? ''
        : completes === 'file'
          ? ' -r -F'
          : ` -x${completes ? ` -a ${inQuotes(completes.join(' '))}` : ''}`;
    return `complete -c rxwire${short ? ` -s ${short}` : ''} -l ${name}${argument} -d ${inQuotes(brief(option).replaceAll('\\', '\\\\'))}\n`; // a backslash escapes in its quotes
  });
  return `# fish completion of rxwire: rxwire --completion fish | source\ncomplete -c rxwire -f\n${lines.join('')}`;
}

/** In single quotes, for every one of the shells. */
const inQuotes = (words: string) => `'${words.replaceAll("'", "'\\''")}'`;
