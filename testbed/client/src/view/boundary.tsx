import { Component, type ReactNode } from "react";

/** What a plugin throws while it draws ends its own part only, and is told to the console, where a test sees it. */
export class Boundary extends Component<{ children?: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? null : this.props.children;
  }
}
