/** The page: sends turns, and with each what the selector says; shows what came back, and which runtime it ran. */
const view = document.getElementById("view");
const turns = document.getElementById("turns");
const form = document.getElementById("say");
const input = form.elements.text;
const selector = document.getElementById("profile");
const suggestions = document.getElementById("suggestions");
// There are UUIDs on HTTPS only; any name that is not used twice will do.
const conversation = `chat-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;

// Keys scroll only what can have the focus.
view.tabIndex = 0;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (text === "") return;
  input.value = "";
  input.focus();
  say("you", text);
  const turn = say("service waiting", "…");
  // Its end: it is laid out from there.
  view.scrollTop = 0;
  try {
    const choice = selector.selection?.turn();
    const answered = await fetch("/turn", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ conversation, text, ...choice }),
    });
    const answer = await answered.json();
    if (answered.ok) show(turn, "service", answer.text, describe(answer, choice?.processing?.mode));
    else refuse(turn, text, answer.detail);
    await selector.selection?.turnAnswered(answered.status);
  } catch {
    refuse(turn, text, "the chat cannot be reached");
  }
});

selector.addEventListener("starter-suggestions", ({ detail }) => {
  suggestions.replaceChildren(
    ...detail.items.map((item) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = item;
      button.addEventListener("click", () => {
        input.value = item;
        form.requestSubmit();
      });
      return button;
    }),
  );
});

// `/?registry=team` chats with the profiles of another registry.
const registry = new URLSearchParams(location.search).get("registry");
if (registry) selector.setAttribute("registry", registry);
// Not before: the element would begin to read the default one.
await import("./modules/selector/index.js");

/** `asked`: the mode that the turn asked for, if any. */
function describe({ profile, profile_version, processing, rebuilt }, asked) {
  const parts = [`${profile} v${profile_version}`, rebuilt ? "new runtime" : "held runtime"];
  const { applied_mode, outcome } = processing;
  if (asked !== undefined)
    parts.push(applied_mode === asked ? `mode ${asked}` : `mode ${asked}: ${outcome.replaceAll("_", " ")}`);
  return parts.join(" · ");
}

/** What could not be sent is there to be sent again. */
function refuse(turn, text, detail) {
  show(turn, "refused", detail);
  if (input.value === "") input.value = text;
}

function say(kind, text) {
  const turn = document.createElement("p");
  turns.append(turn);
  show(turn, kind, text);
  return turn;
}

/** Text only ever becomes text: answers and names are anybody's. */
function show(turn, kind, text, note) {
  turn.className = kind;
  turn.textContent = text;
  if (note !== undefined) {
    const small = document.createElement("small");
    small.textContent = note;
    turn.append(small);
  }
}
