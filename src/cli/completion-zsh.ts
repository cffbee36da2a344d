/** For zsh, as a file in fpath or sourced after compinit. */
import type { Named, Place, Value } from "./completion-tree.js";

export function zshCompletion(places: readonly Place[]): string {
  const steps = places.flatMap(({ path, commands }) =>
    commands.map(({ name }) => `      '${path}:${name}') at='${`${path} ${name}`.trim()}' ;;`),
  );
  const valued = places.flatMap(({ path, options }) =>
    options.flatMap(({ name, value }) =>
      value === undefined ? [] : [{ place: `'${path}:${name}'`, value }],
    ),
  );
  return `#compdef profile-registry
_profile-registry() {
  local at='' value='' word i
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    if [[ -n "$value" ]]; then value=''; continue; fi
    case "$at:$word" in
${steps.join("\n")}
      ${valued.map(({ place }) => place).join("|")}) value=1 ;;
    esac
  done
  if [[ -n "$value" ]]; then
    case "$at:\${words[CURRENT-1]}" in
${valued
  .filter(({ value }) => value !== "free")
  .map(({ place, value }) => `      ${place}) ${complete(value)} ;;`)
  .join("\n")}
    esac
    return
  fi
  local -a commands options
  case "$at" in
${places.map(placeCase).join("\n")}
  esac
}
if [[ "\${funcstack[1]}" == '_profile-registry' ]]; then _profile-registry "$@"
else compdef _profile-registry profile-registry; fi
`;
}

function placeCase({ path, commands, options, argument }: Place): string {
  const words =
    commands.length > 0
      ? `commands=(${described(commands)}); _describe command commands`
      : complete(argument);
  return `    '${path}')
      if [[ "\${words[CURRENT]}" == -* ]]; then options=(${described(options)}); _describe -o option options
      else ${words}; fi ;;`;
}

function described(names: readonly Named[]): string {
  return names.map(({ name, description }) => quoted(`${name}:${description}`)).join(" ");
}

function complete(value: Value): string {
  if (value === "free") return ":";
  return value === "file" ? "_files" : `compadd -- ${value.join(" ")}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
