import { Component, type ReactNode } from "react";
import { Problem } from "../ui/states.js";

interface Props {
  children: ReactNode;
  /** Another one is another place: what failed there does not stand here. */
  place: string;
}

/**
 * Keeps what fails within its view. A class, because React has no other form for it. Trying again loads the page anew: a server
 * of another version has other files.
 */
export class ErrorBoundary extends Component<Props, { error: unknown; place: string }> {
  override state = { error: undefined as unknown, place: this.props.place };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  static getDerivedStateFromProps({ place }: Props, state: { place: string }) {
    return place === state.place ? null : { error: undefined, place };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <main className="page" id="main">
        <Problem error={this.state.error} retry={() => window.location.reload()} />
      </main>
    );
  }
}
