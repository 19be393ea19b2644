// What the page asks goes to the engine: a question in, a promise of the reply out.

export async function ask(question) {
  const response = await fetch("reply", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
  });
  return response.json();
}
