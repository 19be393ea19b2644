// The question as it stands in the form, and in the link that reproduces it.

import { element, made } from "./show.js";
import { language, say } from "./words.js";

// The fields of the form by the keys of a question, with their values where nothing is asked.
const FIELDS = {
  expr: "", source: "", order: "1", layout: "mixed", upstream: "", shapes: "", structured: false,
};
const IDS = { shapes: "declared" };

let chosen = new Set(); // the variables, also those that a change took out for a moment
let offered = null; // the symbols of the expression, once they are known
let read = ""; // the expression that they are those of

function field(key) {
  return element(IDS[key] ?? key);
}

function value(key) {
  return field(key).type === "checkbox" ? field(key).checked : field(key).value;
}

export function question() {
  const found = Object.fromEntries(Object.keys(FIELDS).map((key) => [key, value(key)]));
  const wrt = [...chosen].filter((name) => offered?.includes(name) ?? true).join(",");
  return { ...found, order: Number(found.order), wrt, lang: language() };
}

export function choose(names) {
  chosen = new Set(names);
}

// Whether the symbols that are offered may be those of another expression.
export function isUnread() {
  return offered !== null && read !== element("expr").value;
}

export function fill(asked) {
  for (const [key, usual] of Object.entries(FIELDS)) {
    const given = asked[key] ?? usual;
    if (field(key).type === "checkbox") field(key).checked = given === true || given === "true";
    else field(key).value = given;
  }
  if (!element("order").value) element("order").value = "1";
  if (!element("layout").value) element("layout").value = "mixed";
  choose((asked.wrt ?? "").split(",").map((name) => name.trim()).filter(Boolean));
  offered = null;
  fit(element("expr"));
}

// The part of an address after #; what is as usual is left out.
export function link() {
  const asked = question();
  const kept = Object.entries(asked).filter(([key, each]) => String(each) !== String(FIELDS[key] ?? ""));
  return `#${new URLSearchParams(kept)}`;
}

export function linked() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

// A text area as high as its text.
export function fit(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

// What is asked beyond the usual, told where the options are folded.
export function tellOptions() {
  const { order, layout, upstream, source } = question();
  const told = [
    source && element("source").selectedOptions[0].textContent,
    order > 1 && element("order").selectedOptions[0].textContent,
    layout !== "mixed" && say(`layout_${layout}`),
    upstream && `${say("upstream")}: ${upstream}`,
  ];
  element("chosen").textContent = told.filter(Boolean).join(" · ");
}

export function showSymbols(expr, shapes, onChange) {
  read = expr;
  offered = shapes.map((each) => each.name);
  keyed(element("symbols"), offered, (name) => chip(name, onChange));
  for (const box of element("symbols").querySelectorAll("input")) {
    box.checked = chosen.has(box.value);
  }
  element("by").hidden = !offered.length;
}

function chip(name, onChange) {
  const label = made("label", "", "chip");
  const box = made("input");
  Object.assign(box, { type: "checkbox", value: name });
  box.addEventListener("change", () => {
    const symbols = [...element("symbols").querySelectorAll("input:checked")];
    choose(symbols.map((each) => each.value));
    onChange();
  });
  label.append(box, made("span", name));
  return label;
}

export function showShapes(shapes, onChange) {
  keyed(element("shapes"), shapes.map((each) => each.name), (name) => shapeRow(name, onChange));
  shapes.forEach(({ shape, assumed }, at) => {
    const [label, tag] = element("shapes").children[at].children;
    const input = label.querySelector("input");
    if (document.activeElement !== input || input.value === input.dataset.told) input.value = shape;
    input.dataset.told = shape;
    input.size = Math.max(8, shape.length);
    tag.textContent = say(assumed ? "assumed" : "declared_tag");
    tag.className = assumed ? "tag" : "tag firm";
  });
  element("shaped").hidden = !shapes.length;
}

function shapeRow(name, onChange) {
  const row = made("div", "", "shape");
  const label = made("label");
  const input = made("input");
  input.spellcheck = false;
  input.setAttribute("aria-label", say("shape_of", { name }));
  input.addEventListener("change", () => {
    if (input.value.trim() === input.dataset.told) return;
    declare(name, input.value.trim());
    onChange();
  });
  label.append(made("span", name), input);
  row.append(label, made("span"));
  return row;
}

// Writes a shape into the declarations; an empty one takes it out.
function declare(name, shape) {
  const all = element("declared").value.split(/[;\n]|,(?=\s*[^\s:,]+\s*:)/).map((each) => each.trim());
  const others = all.filter((each) => each && each.split(":")[0].trim() !== name);
  element("declared").value = [...others, ...(shape ? [`${name}: ${shape}`] : [])].join("; ");
}

// Makes children anew only where the names have changed, so that the focus stays.
function keyed(parent, names, make) {
  const key = JSON.stringify([language(), ...names]);
  if (parent.dataset.key === key) return;
  parent.dataset.key = key;
  parent.replaceChildren(...names.map(make));
}
