interface Word {
  readonly name: string;
  readonly description: string;
}

/** What may follow a command. `path`: its words, each after a space; empty for the program. `choices`: values of its argument. */
export interface Completed {
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly {
    readonly flags: readonly string[];
    readonly description: string;
    readonly takesValue: boolean;
    readonly choices: readonly string[];
  }[];
  readonly choices: readonly string[];
}

const makers: Readonly<Record<string, (table: readonly Completed[]) => string>> = { bash, zsh, fish };

export const shells = Object.keys(makers);

/** The script of a shell: finds the command by the words so far, and offers what may follow it. */
export function script(shell: string, table: readonly Completed[]): string {
  return makers[shell]?.(table) ?? '';
}

function bash(table: readonly Completed[]): string {
  return `# bash completion of pilcrow; made by: pilcrow completion bash
_pilcrow() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" at='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    case "$at $word" in
      ${pathsOf(table)}) at="$at $word" ;;
    esac
  done
  case "$at $previous" in
${valuesOf(table)
  .map(([key, values]) => `    ${key}) words=${quoted(values.join(' '))} ;;`)
  .join('\n')}
    *)
      case "$at" in
${table
  .map(
    (one) =>
      `        ${quoted(one.path)}) words=${quoted(
        wordsOf(one)
          .map(({ name }) => name)
          .join(' '),
      )} ;;`,
  )
  .join('\n')}
      esac
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _pilcrow pilcrow
`;
}

function zsh(table: readonly Completed[]): string {
  const described = ({ name, description }: Word) => quoted(`${name}:${description}`);
  return `#compdef pilcrow
# zsh completion of pilcrow; made by: pilcrow completion zsh
_pilcrow() {
  local at='' word
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      (${pathsOf(table)}) at="$at $word" ;;
    esac
  done
  case "$at \${words[CURRENT-1]}" in
${valuesOf(table)
  .map(([key, values]) => `    (${key}) found=(${values.map(quoted).join(' ')}) ;;`)
  .join('\n')}
    (*)
      case "$at" in
${table.map((one) => `        (${quoted(one.path)}) found=(${wordsOf(one).map(described).join(' ')}) ;;`).join('\n')}
      esac
      ;;
  esac
  _describe pilcrow found || _files
}
if [[ "\${funcstack[1]}" == _pilcrow ]]; then _pilcrow "$@"; else compdef _pilcrow pilcrow; fi
`;
}

function fish(table: readonly Completed[]): string {
  const lines = table.flatMap(({ path, commands, options, choices }) => {
    const start = `complete -c pilcrow -n ${fishQuoted(`test (__pilcrow_at) = "at${path}"`)}`;
    return [
      ...[...commands, ...choices.map((name) => ({ name, description: '' }))].map(
        ({ name, description }) => `${start} -f -a ${name} -d ${fishQuoted(description)}`,
      ),
      ...options.map(({ flags, description, takesValue, choices: values }) => {
        const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
        const value = values.length > 0 ? ` -x -a ${fishQuoted(values.join(' '))}` : takesValue ? ' -r' : '';
        return `${start} ${names.join(' ')}${value} -d ${fishQuoted(description)}`;
      }),
    ];
  });
  return `# fish completion of pilcrow; made by: pilcrow completion fish
function __pilcrow_at
  set -l at at
  for word in (commandline -opc)[2..-1]
    switch "$at $word"
      case ${table
        .filter(({ path }) => path !== '')
        .map(({ path }) => fishQuoted(`at${path}`))
        .join(' ')}
        set at "$at $word"
    end
  end
  echo $at
end
${lines.join('\n')}
`;
}

/** The options of a command, after its subcommands and choices. */
function wordsOf({ commands, options, choices }: Completed): Word[] {
  const flags = options.flatMap(({ flags: names, description }) => names.map((name) => ({ name, description })));
  return [...commands, ...choices.map((name) => ({ name, description: '' })), ...flags];
}

/** Patterns of all commands but the program. */
function pathsOf(table: readonly Completed[]): string {
  return table
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join(' | ');
}

/** Values by a pattern of command and option. */
function valuesOf(table: readonly Completed[]): [string, readonly string[]][] {
  return table.flatMap(({ path, options }) =>
    options.flatMap(({ flags, choices }): [string, readonly string[]][] =>
      choices.length === 0 ? [] : [[flags.map((flag) => quoted(`${path} ${flag}`)).join(' | '), choices]],
    ),
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", `\\'`)}'`;
}
