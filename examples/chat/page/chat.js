/** The page: sends turns, and with each what the selector says; shows what came back, and which runtime it ran. */
import "./modules/selector/index.js";

const turns = document.getElementById("turns");
const form = document.getElementById("say");
const selector = document.getElementById("profile");
const suggestions = document.getElementById("suggestions");
// Node and browsers on plain HTTP differ in what they know of UUIDs; any name that is not used twice will do.
const conversation = `chat-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const input = form.elements.text;
  const text = input.value.trim();
  if (text === "") return;
  input.value = "";
  say("you", text);
  const waiting = say("service waiting", "…");
  try {
    const answered = await fetch("/turn", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ conversation, text, ...selector.selection.turn() }),
    });
    const answer = await answered.json();
    waiting.remove();
    await selector.selection.turnAnswered(answered.status);
    if (!answered.ok) say("refused", answer.detail);
    else say("service", answer.text, describe(answer));
  } catch {
    waiting.remove();
    say("refused", "The chat cannot be reached. Try again.");
  }
});

selector.addEventListener("starter-suggestions", ({ detail }) => {
  suggestions.replaceChildren(
    ...detail.items.map((item) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = item;
      button.addEventListener("click", () => {
        form.elements.text.value = item;
        form.requestSubmit();
      });
      return button;
    }),
  );
});

function describe({ profile, profile_version, processing, rebuilt }) {
  const mode = processing.applied_mode === "default" ? "" : `, mode ${processing.applied_mode}`;
  return `${profile} v${profile_version}${mode}${rebuilt ? ", new runtime" : ""}`;
}

/** Text only ever becomes text: answers and names are anybody's. */
function say(kind, text, note) {
  const turn = document.createElement("p");
  turn.className = kind;
  turn.textContent = text;
  if (note !== undefined) {
    const small = document.createElement("small");
    small.textContent = note;
    turn.append(small);
  }
  turns.append(turn);
  turn.scrollIntoView({ block: "end" });
  return turn;
}
