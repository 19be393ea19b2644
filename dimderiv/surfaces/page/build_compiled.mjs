// Compiles what a start of the engine imports, inside the archives of a folder.

import { readFileSync, writeFileSync } from "node:fs";

const folder = new URL(process.argv[2]);
const { loadPyodide } = await import(new URL("pyodide.mjs", folder));

// The questions of a page, so that what is loaded late is loaded; then every module by its file.
const PROGRAM = `
import io, json, sys, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from inspect import CO_HAS_DOCSTRING
from types import CodeType

sys.path.insert(0, "/engine")
from dimderiv.surfaces.page.reply import reply

asked = {"expr": "mean(relu(A x + b)^2)", "wrt": "A,b"}
for more in ({"ask": "symbols"}, {}, {"lang": "zh"}, {"ask": "code"}, {"wrt": "x", "order": 2},
             {"ask": "check", "wrt": "b", "answer": "x"}, {"expr": r"\\\\lVert A x \\\\rVert^2"},
             {"expr": "np.sum((A @ x) ** 2)"}, {"expr": "conv2d(A, b)", "upstream": "G"}):
    reply(json.dumps(asked | more))
used = {getattr(module, "__file__", None) for module in list(sys.modules.values())}

def bare(code):
    """Code without what only people read: docstrings, and the places of instructions.

    A byte says of eight instructions that their place is unknown.
    """
    many, rest = divmod(len(code.co_code) // 2, 8)
    table = b"\\xff" * many + (bytes([0xF7 + rest]) if rest else b"")
    constants = [bare(x) if isinstance(x, CodeType) else x for x in code.co_consts]
    if code.co_flags & CO_HAS_DOCSTRING:
        constants[0] = ""
    return code.replace(co_linetable=table, co_consts=tuple(constants))

def compiled(archive, place):
    packed = io.BytesIO()
    with zipfile.ZipFile(archive) as read, zipfile.ZipFile(packed, "w") as written:
        for info in read.infolist():
            name, content = info.filename, read.read(info)
            if f"{place}/{name}" in used:
                code = bare(compile(content, name, "exec", dont_inherit=True))
                name, content = f"{name}c", bytes(_code_to_hash_pyc(code, bytes(8), False))
            entry = zipfile.ZipInfo(name, info.date_time)
            written.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()

compiled
`;

const archives = { "python_stdlib.zip": "/lib/python314.zip", "engine.zip": "/engine" };
const python = await loadPyodide({ indexURL: new URL(".", folder).pathname });
const contents = Object.keys(archives).map((name) => [
  name, new Uint8Array(readFileSync(new URL(name, folder))),
]);
python.unpackArchive(contents[1][1], "zip", { extractDir: "/engine" });
const compiled = python.runPython(PROGRAM);
for (const [name, content] of contents) {
  python.FS.writeFile(`/${name}`, content);
  const packed = compiled(`/${name}`, archives[name]);
  writeFileSync(new URL(name, folder), packed.toJs());
}
