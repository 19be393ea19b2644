// What the page asks goes to the engine: a question in, a promise of the reply out.
//
// Where `dimderiv page` serves the page, it answers.  A page that was built has the engine inside,
// in a worker; one that takes too long is ended, since nothing else can stop it, and another starts.

import { say } from "./words.js";

// Seconds for one answer, on a phone too.
const PATIENCE = 30;
const isBuilt = document.querySelector("meta[name=dimderiv-engine]") !== null;

// How far the engine is: "python", "engine" while they load, "ready", "failed".
let stage = isBuilt ? "python" : "ready";
let listener = () => {};
let engine = isBuilt ? started() : null;
let turn = Promise.resolve();
const latest = new Map(); // by what is asked for

// Calls a function with the stage, now and whenever it changes.
export function watch(tell) {
  listener = tell;
  tell(stage);
}

// The reply to a question; null where the like was asked again before its turn came.
export function ask(question, seconds = PATIENCE) {
  if (!isBuilt) return asked(question);
  latest.set(question.ask, question);
  turn = turn.then(() => {
    return latest.get(question.ask) === question ? answered(question, seconds) : null;
  });
  return turn;
}

async function asked(question) {
  const response = await fetch("reply", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
  });
  return response.json();
}

async function answered(question, seconds) {
  engine ??= started();
  try {
    await engine.ready;
  } catch (error) {
    engine = null;
    return refusal("no_start", error.message);
  }
  const late = new Promise((_, fail) => {
    setTimeout(() => fail(new Error("too_long")), 1000 * seconds);
  });
  try {
    return JSON.parse(await Promise.race([engine.reply(JSON.stringify(question)), late]));
  } catch (error) {
    engine.worker.terminate();
    engine = started();
    return error.message === "too_long" ? refusal("too_long") : refusal("broken", error.message);
  }
}

function refusal(word, reason = "") {
  return { error: { message: say(word, { reason }), place: null, known: [], hint: null } };
}

// A worker in which the engine starts, and how it is asked.
function started() {
  const worker = made();
  let settle;
  const told = (done, fail) => { settle = { done, fail }; };
  const ready = new Promise(told);
  ready.catch(() => {});
  worker.onmessage = ({ data }) => {
    if (data.stage) move(data.stage);
    if (data.failed !== undefined) broken(data.failed);
    else if (data.stage === "ready" || data.reply !== undefined) settle.done(data.reply);
  };
  worker.onerror = (event) => broken(event.message);
  function broken(reason) {
    if (stage !== "ready") move("failed");
    settle.fail(new Error(reason));
  }
  function reply(question) {
    worker.postMessage({ question });
    return new Promise(told);
  }
  return { worker, ready, reply };
}

function move(to) {
  stage = to;
  listener(stage);
}

// The worker, told where its files are: beside the page, or in elements of it.
function made() {
  const files = Object.fromEntries(
    [...document.querySelectorAll("script[data-file]")].map((each) => [
      each.dataset.file, each.textContent,
    ]),
  );
  const { "worker.js": script, ...packed } = files;
  if (script === undefined) {
    const worker = new Worker(new URL("worker.js", document.baseURI), { type: "module" });
    worker.postMessage({ base: document.baseURI });
    return worker;
  }
  // Pages from disk have no module workers, and Pyodide no classic ones: it knows them by this.
  const hidden = "globalThis.importScripts = () => { throw new Error('a module'); };\n";
  const worker = new Worker(URL.createObjectURL(new Blob([hidden, script])));
  worker.postMessage({ base: "dimderiv:///", files: packed });
  return worker;
}
