// What is asked of the server. A failure is an Error with the server's own sentence.

let client = null;

async function ask(path, body, type = "application/octet-stream") {
  const headers = { "Content-Type": type };
  if (client) headers["X-Client"] = client;
  const response = await fetch(path, { method: body === undefined ? "GET" : "POST", body, headers });
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  throw new Error(told.error || `the server answered ${response.status}`);
}

export const post = async (path, body) => (await ask(path, body)).json();
export const tell = async (path, value) => (await ask(path, JSON.stringify(value), "application/json")).json();

export async function enter() {
  client = null;
  const about = await tell("api/start", { agreed: true });
  client = about.client;
  return about;
}

export async function leave() {
  if (client) await tell("api/stop", {}).catch(() => null);
  client = null;
}

// The PCM of one sentence, and the milliseconds it took to make.
export async function speech(number, part) {
  const response = await ask(`api/speech/${number}/${part}`);
  const ms = Number(/dur=([\d.]+)/.exec(response.headers.get("Server-Timing") || "")?.[1] || 0);
  return { pcm: new Int16Array(await response.arrayBuffer()), ms };
}
