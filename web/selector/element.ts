/** Building DOM from data: names of profiles are anybody's text and only ever become text nodes and attribute values. */
type Attributes = { [name: string]: string | boolean | undefined };

/** An attribute that is false or undefined is absent, one that is true is empty. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** Drawn on a grid of 16. */
export function icon(path: string, name: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  setAttributes(svg, { class: `icon ${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" });
  const drawn = document.createElementNS(SVG, "path");
  setAttributes(drawn, { d: path });
  svg.append(drawn);
  return svg;
}
