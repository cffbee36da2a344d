/** For fish 3 and up. */
import type { Place, Value } from "./completion-tree.js";

export function fishCompletion(places: readonly Place[]): string {
  const steps = places.flatMap(({ path, commands }) =>
    commands.map(({ name }) => `      case '${path}:${name}'\n        set at '${`${path} ${name}`.trim()}'`),
  );
  const valued = places.flatMap(({ path, options }) =>
    options.flatMap(({ name, value }) => (value === undefined ? [] : [`'${path}:${name}'`])),
  );
  return `# fish completion of profile-registry
function __profile_registry_at --description 'Whether the cursor is behind these commands'
  set -l at ''
  set -l value ''
  for word in (commandline -opc)[2..-1]
    if test -n "$value"
      set value ''
      continue
    end
    switch "$at:$word"
${steps.join("\n")}
      case ${valued.join(" ")}
        set value 1
    end
  end
  test "$at" = "$argv[1]"
end
complete -c profile-registry -f
${places.flatMap(placeLines).join("\n")}
`;
}

function placeLines({ path, commands, options, argument }: Place): string[] {
  const at = `complete -c profile-registry -n "__profile_registry_at '${path}'"`;
  return [
    ...commands.map(({ name, description }) => `${at} -a ${name} -d ${quoted(description)}`),
    ...options.map(
      ({ name, description, value }) => `${at} -l ${name.slice(2)}${take(value)} -d ${quoted(description)}`,
    ),
    ...(argument === "free" ? [] : [argument === "file" ? `${at} -F` : `${at} -a '${argument.join(" ")}'`]),
  ];
}

function take(value: Value | undefined): string {
  if (value === undefined) return "";
  if (value === "file") return " -r -F";
  return value === "free" ? " -x" : ` -x -a '${value.join(" ")}'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
