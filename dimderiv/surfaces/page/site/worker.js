// The engine in a worker of the browser: Python starts, then questions are answered in turn.
//
// It is a module where the page is a folder.  In a page that is one file it is a classic script,
// and whatever it needs comes in a message.

const START = `
import json
from dimderiv.surfaces.page.reply import reply
reply(json.dumps({"expr": "||A x||^2", "wrt": "x"}))  # loads what is loaded late
reply
`;

let given;
let reply;

onmessage = ({ data }) => {
  if (data.question === undefined) {
    given = data;
    start().catch(fail);
    return;
  }
  try {
    postMessage({ reply: reply(data.question) });
  } catch (error) {
    fail(error);
  }
};

async function start() {
  postMessage({ stage: "python" });
  // Pyodide only logs what keeps it from starting, and then waits for ever.
  console.warn = console.error = (told) => told instanceof Error && fail(told);
  globalThis.fetch = (address) => file(new URL(address).pathname.split("/").pop());
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all(
    ["pyodide.js", "pyodide.asm.js"].map(module),
  );
  const indexURL = new URL("pyodide/", given.base).href;
  const [python, engine] = await Promise.all([
    loadPyodide({ indexURL, createPyodideModule, env: { PYTHONDONTWRITEBYTECODE: "1" } }),
    file("engine.zip").then((response) => response.arrayBuffer()),
  ]);
  postMessage({ stage: "engine" });
  python.unpackArchive(engine, "zip", { extractDir: "/engine" });
  python.runPython("import sys; sys.path.insert(0, '/engine')");
  reply = python.runPython(START);
  postMessage({ stage: "ready" });
}

function fail(error) {
  postMessage({ failed: String(error.message ?? error) });
}

const download = globalThis.fetch;

// A file that the engine needs, from beside the page or out of it, with the type that it must have.
async function file(name) {
  const response = given.files ? unpacked(given.files[name]) : await download(address(name));
  if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
  if (response.headers.get("Content-Type") === type) return response;
  return new Response(response.body, { headers: { "Content-Type": type } });
}

function address(name) {
  return new URL(`pyodide/${name}`, given.base).href;
}

function unpacked(text) {
  const signs = atob(text);
  const bytes = new Uint8Array(signs.length);
  // Ten times as quick as a function for each sign.
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = signs.charCodeAt(at);
  // Not by a Blob: WebKit does not read one in a page from disk.
  return new Response(new Response(bytes).body.pipeThrough(new DecompressionStream("gzip")));
}

async function module(name) {
  if (!given.files) return import(address(name));
  const text = await (await file(name)).text();
  return import(`data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`);
}
