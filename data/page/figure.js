// The figure as SVG: every part is the convex hull of some circles, at depths between which it is interpolated.

/** Return the arcs on the outline of a hull of circles, counter-clockwise; none if one circle covers all others. */
function outline(circles) {
  const tangents = new Map();
  for (const a of circles) {
    for (const b of circles) {
      const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
      if (a === b || length <= Math.abs(a[2] - b[2])) continue;
      const angle = Math.atan2(b[1] - a[1], b[0] - a[0]) - Math.acos((a[2] - b[2]) / length);
      const reach = (circle) => circle[0] * Math.cos(angle) + circle[1] * Math.sin(angle) + circle[2];
      if (!circles.every((other) => reach(other) <= reach(a) + 1e-5)) continue;
      const begins = (angle + 4 * Math.PI) % (2 * Math.PI);
      const key = begins.toFixed(4);
      // Of several tangents in one line the longest is the edge.
      if (length > (tangents.get(key)?.length ?? 0)) tangents.set(key, { length, begins, circle: b });
    }
  }
  const edges = [...tangents.values()].sort((a, b) => a.begins - b.begins);
  return edges.map((edge, at) => ({ ...edge, ends: edges[(at + 1) % edges.length].begins }));
}

/** Return the path of a hull; an open one leaves out the arc around its first circle, a joint. */
function hullPath(circles, open) {
  const corners = outline(circles);
  if (!corners.length) {
    const [x, y, r] = circles.reduce((a, b) => (b[2] > a[2] ? b : a));
    return `M${x - r} ${-y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  }
  const rim = ([x, y, r], angle) => `${(x + r * Math.cos(angle)).toFixed(1)} ${(-y - r * Math.sin(angle)).toFixed(1)}`;
  const joint = corners.findIndex(({ circle }) => circle === circles[0]);
  const [first, ...others] = [...corners.slice(Math.max(joint, 0)), ...corners.slice(0, Math.max(joint, 0))];
  const closed = !open || joint < 0;
  const arcs = (closed ? [...others, first] : others).map(({ circle, begins, ends }) => {
    const large = Number((ends - begins + 2 * Math.PI) % (2 * Math.PI) > Math.PI);
    return `L${rim(circle, begins)}A${circle[2]} ${circle[2]} 0 ${large} 0 ${rim(circle, ends)}`;
  });
  return `M${rim(first.circle, first.ends)}${arcs.join("")}${closed ? "z" : `L${rim(first.circle, first.begins)}`}`;
}

/** Return the layers of a part at a depth from 0 to 1: hulls of circles. */
function layersAt(frames, depth) {
  const at = Math.min(Math.max(depth, 0), 1) * (frames.length - 1);
  const [before, after, share] = [frames[Math.floor(at)], frames[Math.ceil(at)], at % 1];
  return (share < 0.5 ? before : after).map((hulls, layer) =>
    hulls.map((hull, number) => {
      const [a, b] = [before[layer][number], after[layer][number]];
      // What comes or goes, such as an eye when the head turns, has nothing to be interpolated with.
      const values = a?.length === b?.length ? a.map((value, i) => value + (b[i] - value) * share) : hull;
      return Array.from({ length: values.length / 3 }, (_, i) => values.slice(3 * i, 3 * i + 3));
    }),
  );
}

class FigureView {
  constructor(svg, figures) {
    [this.svg, this.figures, this.shown, this.parts] = [svg, figures, "", []];
  }

  add(parent, name, attributes = {}) {
    // The namespace of the page's own SVG: written down it would be an address.
    const element = document.createElementNS(this.svg.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return parent.appendChild(element);
  }

  /** Show a figure at a depth, with its right or left side at work; nothing if there is no such figure. */
  show(name, side, { depth, turned = false, pressing = false }) {
    const figure = this.figures[name];
    this.svg.toggleAttribute("hidden", !figure);
    if (figure && this.shown !== `${name} ${side}`) this.build(figure, figure.sides[side]);
    this.shown = `${name} ${side}`;
    for (const draw of figure ? this.parts : []) draw(depth, turned, pressing);
  }

  build({ box, floor, parts }, { flip, parts: number }) {
    const [x, y, width, height] = box;
    const shift = [flip[0] < 0 ? 2 * x + width : 0, flip[1] < 0 ? 2 * y + height : 0];
    this.svg.replaceChildren();
    this.svg.setAttribute("viewBox", box.join(" "));
    const whole = this.add(this.svg, "g", { transform: `translate(${shift.join(" ")}) scale(${flip.join(" ")})` });
    if (floor) this.add(whole, "path", { class: "floor", d: `M${x} 6h${width}` });
    this.parts = parts[number].map((part, at) => this.part(this.add(whole, "g"), part, `${this.svg.id}-${at}`));
  }

  /** Build a part, and return the function that draws it. */
  part(group, { role, overlays, gap, dotted, when, frames }, id) {
    const paths = [];
    const path = (parent, layer, name) => paths.push({ layer, name, path: this.add(parent, "path", { class: name }) });
    if (gap === "open") path(group, 0, "open gap");
    path(group, 0, `${role} ${dotted ? "faint" : gap === "all" ? "gap" : ""}`);
    const clipped = this.add(group, "g", { "clip-path": `url(#${id})` });
    overlays.forEach((overlay, number) => path(clipped, 3 + number, overlay));
    path(clipped, 2, "accent");
    path(this.add(group, "clipPath", { id }), 0, "");
    path(group, 1, "cutout");
    let drawn = null;
    return (depth, turned, pressing) => {
      const visible = { press: pressing, before: !turned, after: turned }[when] ?? true;
      group.toggleAttribute("hidden", !visible);
      if (!visible || depth === drawn || (drawn !== null && frames.length === 1 && !frames[0][2].length)) return;
      drawn = depth;
      const layers = layersAt(frames, depth);
      for (const each of paths) {
        const hulls = layers[each.layer];
        const open = each.name === "open gap" && hulls.length === 1;
        each.path.setAttribute("d", hulls.map((hull) => hullPath(hull, open)).join(""));
        if (each.layer === 2) each.path.style.opacity = 0.25 + 0.75 * depth;
      }
    };
  }
}
