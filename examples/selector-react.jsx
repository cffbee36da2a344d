/** The selector in React 19: a wrapper of three lines, and the selection as state of a component. */
import { createProfileClient, createSelection } from "profile-registry/selector";
import { useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";

const ProfileSelector = ({ selection, onChange }) => (
  <profile-selector selection={selection} onprofile-change={onChange} />
);

/** One for the page: what several components show is the same. */
const selection = createSelection(createProfileClient());

function Chat() {
  const { selected, status } = useSyncExternalStore(selection.subscribe, selection.getSnapshot);
  return (
    <main>
      <ProfileSelector selection={selection} onChange={({ detail }) => console.log(detail.profile?.slug)} />
      <p>{status === "loading" ? "…" : `The next turn runs with ${selected?.slug ?? "the default"}.`}</p>
    </main>
  );
}

createRoot(document.querySelector("#root")).render(<Chat />);
