/**
 * Editors bring their styles at run time, which the page's policy refuses as elements. In a shadow root they come as adopted
 * sheets, which it allows.
 */
export function shadowOf(host: HTMLElement): ShadowRoot {
  return host.shadowRoot ?? host.attachShadow({ mode: "open", delegatesFocus: true });
}
