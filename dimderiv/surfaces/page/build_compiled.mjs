// Compiles what a start of the engine imports, inside the archives of a folder.

import { readFileSync, writeFileSync } from "node:fs";

const folder = new URL(process.argv[2]);
const { loadPyodide } = await import(new URL("pyodide.mjs", folder));

// The questions of a page, so that what is loaded late is loaded; then every module by its file.
const PROGRAM = `
import ast, io, json, sys, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from types import CodeType

sys.path.insert(0, "/engine")
from dimderiv.surfaces.page.reply import reply

asked = {"expr": "mean(relu(A x + b)^2)", "wrt": "A,b"}
for more in ({"ask": "symbols"}, {}, {"lang": "zh"}, {"ask": "code"}, {"wrt": "x", "order": 2},
             {"ask": "check", "wrt": "b", "answer": "x"}, {"expr": r"\\\\lVert A x \\\\rVert^2"},
             {"expr": "np.sum((A @ x) ** 2)"}, {"expr": "conv2d(A, b)", "upstream": "G"}):
    reply(json.dumps(asked | more))
used = {getattr(module, "__file__", None) for module in list(sys.modules.values())}

def code_of(source, name):
    """A module without what only people read; asserts stay."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef() if ast.get_docstring(node, False):
                node.body[0].value.value = ...
    return without_lines(compile(tree, name, "exec", dont_inherit=True))

def without_lines(code):
    """Code whose places in the source are unknown; a byte says so for eight instructions."""
    many, rest = divmod(len(code.co_code) // 2, 8)
    table = b"\\xff" * many + (bytes([0xF7 + rest]) if rest else b"")
    inner = (without_lines(x) if isinstance(x, CodeType) else x for x in code.co_consts)
    return code.replace(co_linetable=table, co_consts=tuple(inner))

def compiled(archive, place):
    packed = io.BytesIO()
    with zipfile.ZipFile(archive) as read, zipfile.ZipFile(packed, "w") as written:
        for info in read.infolist():
            name, content = info.filename, read.read(info)
            if f"{place}/{name}" in used:
                content = bytes(_code_to_hash_pyc(code_of(content, name), bytes(8), False))
                name = f"{name}c"
            entry = zipfile.ZipInfo(name, info.date_time)
            written.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)
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
