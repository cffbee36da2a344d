/** In the place of a model: says which runtime it ran, so that everything around it can be seen and tested. */
export function runEcho({ name, mode, engine, tools }, text) {
  const how = [name, engine, ...(mode === "default" ? [] : [`mode ${mode}`])].join(", ");
  const with_ = tools.length === 0 ? "" : ` It could use ${tools.join(", ")}.`;
  return `You said “${text}”. This turn ran with ${how}.${with_}`;
}
