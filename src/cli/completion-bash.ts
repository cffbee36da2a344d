/** For bash 3.2 and up, without the package bash-completion. */
import type { Place, Value } from "./completion-tree.js";

export function bashCompletion(places: readonly Place[]): string {
  const steps = places.flatMap(({ path, commands }) =>
    commands.map(({ name }) => `      '${path}:${name}') at='${`${path} ${name}`.trim()}' ;;`),
  );
  const valued = places.flatMap(({ path, options }) =>
    options.flatMap(({ name, value }) =>
      value === undefined ? [] : [{ place: `'${path}:${name}'`, value }],
    ),
  );
  return `# bash completion of profile-registry: source <(profile-registry completion bash)
_profile_registry() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" at='' value='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ -n "$value" ]]; then value=''; continue; fi
    case "$at:$word" in
${steps.join("\n")}
      ${valued.map(({ place }) => place).join("|")}) value=1 ;;
    esac
  done
  if [[ "$current" == '=' || "$previous" == '=' ]]; then return; fi
  if [[ -n "$value" ]]; then
    case "$at:$previous" in
${valued
  .filter(({ value }) => value !== "free")
  .map(({ place, value }) => `      ${place}) ${complete(value)} ;;`)
  .join("\n")}
    esac
    return
  fi
  case "$at" in
${places.map(placeCase).join("\n")}
  esac
}
complete -F _profile_registry profile-registry
`;
}

function placeCase({ path, commands, options, argument }: Place): string {
  const words = commands.length > 0 ? commands.map(({ name }) => name) : argument;
  const flags = options.map(({ name }) => name);
  return `    '${path}')
      if [[ "$current" == -* ]]; then ${complete(flags)}
      else ${complete(words)}; fi ;;`;
}

function complete(value: Value): string {
  if (value === "free") return ":";
  // Whole names, with spaces and slashes as they should be; old ones complete nothing.
  if (value === "file") return "compopt -o default 2> /dev/null";
  return `COMPREPLY=($(compgen -W '${value.join(" ")}' -- "$current"))`;
}
