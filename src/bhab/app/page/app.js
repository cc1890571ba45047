// From a source of pictures to what the page shows: one frame at a time, the next one when the last is answered.

import { enter, leave, post, tell } from "./server.js";
import { at, bars, boxes, feeling, prepare, reply, showTimes, time } from "./view.js";
import { deafen, listen, say, wake } from "./voice.js";

const FRAME_PX = 640; // longer side of a frame that is sent
const QUALITY = 0.85; // of its JPEG
const PERIOD_MS = 100; // ten frames a second at most

let about = null;
let run = 0; // number of the source that is looked at; an answer to another one comes too late
const picture = document.createElement("canvas");

const message = (text) => { at("message").textContent = text; };
const sentence = (text) => text && `${text[0].toUpperCase()}${text.slice(1)}.`;
const fail = (error) => message(sentence(error.message));
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

async function begin() {
  await stop();
  await wake();
  about = await enter();
  prepare(about.emotions);
  at("about").textContent = `model ${about.model}, voice ${about.voice}`;
  at("wording").textContent = about.wording;
  at("live").hidden = at("stop").hidden = false;
  at("notice").hidden = true;
  message("");
  run += 1;
  return run;
}

async function stop() {
  run += 1;
  deafen();
  at("mic").checked = false;
  const film = at("film");
  film.srcObject?.getTracks().forEach((track) => track.stop());
  for (const shown of [film, at("still")]) {
    if (shown.src) URL.revokeObjectURL(shown.src);
    shown.removeAttribute("src");
  }
  film.srcObject = null;
  at("boxes").width = 0;
  at("stop").hidden = true;
  await leave();
}

function show(answer, start, mirrored) {
  const { together, faces } = answer;
  const first = together ? faces.find((face) => face.number === together.number) : faces[0];
  boxes(answer, first?.number, mirrored);
  if (first) {
    bars(together ? together.chances : first.smoothed);
    feeling(together ? together.emotion : first.emotion, faces.length - 1);
  }
  at("heard").textContent = together?.voice_weight > 0.01 ? `${Math.round(100 * together.voice_weight)} % of this is how the voice sounded.` : "";
  for (const [stage, ms] of Object.entries(answer.ms)) if (stage !== "reply" || answer.say) time(stage, ms);
  if (answer.say) {
    reply(answer.say);
    time("text", performance.now() - start);
    if (at("sound").checked) speak(answer.say, start);
  }
  document.body.dataset.frames = Number(document.body.dataset.frames || 0) + 1;
  showTimes();
}

function speak(said, start) {
  say(said, (ms) => {
    time("speak", ms);
    time("audio", performance.now() - start);
    document.body.dataset.spoken = Number(document.body.dataset.spoken || 0) + 1;
    showTimes();
  }).catch(fail);
}

function snapshot(film) {
  const scale = Math.min(1, FRAME_PX / Math.max(film.videoWidth, film.videoHeight));
  picture.width = Math.round(film.videoWidth * scale);
  picture.height = Math.round(film.videoHeight * scale);
  picture.getContext("2d").drawImage(film, 0, 0, picture.width, picture.height);
  return new Promise((done) => { picture.toBlob(done, "image/jpeg", QUALITY); });
}

async function watch(mine, mirrored) {
  const film = at("film");
  film.hidden = false;
  at("still").hidden = true;
  film.classList.toggle("mirrored", mirrored);
  await film.play();
  while (run === mine && !film.ended) {
    const start = performance.now();
    const answer = await post("api/frame", await snapshot(film));
    if (run !== mine) return;
    show(answer, start, mirrored);
    await pause(Math.max(0, PERIOD_MS - (performance.now() - start)));
  }
}

async function camera() {
  if (!navigator.mediaDevices) throw new Error("this browser gives a camera to pages on localhost or over HTTPS only");
  const mine = await begin();
  at("film").srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480, facingMode: "user" } });
  await watch(mine, true);
}

async function video(file) {
  const mine = await begin();
  const film = at("film");
  film.src = URL.createObjectURL(file);
  await new Promise((done, failed) => {
    film.onloadeddata = done;
    film.onerror = () => failed(new Error(`${file.name}: this browser cannot play it, expected a video such as MP4 or WebM`));
  });
  await watch(mine, false);
}

async function still(file) {
  const mine = await begin();
  if (file.size > about.max_bytes) throw new Error(`${file.name}: ${file.size.toLocaleString("en")} bytes, expected at most ${about.max_bytes.toLocaleString("en")}`);
  const start = performance.now();
  const answer = await post("api/picture", file);
  if (run !== mine) return;
  const image = at("still");
  image.src = URL.createObjectURL(file);
  await image.decode().catch(() => null); // a format that only the server reads: the boxes stand on an empty stage
  image.hidden = false;
  at("film").hidden = true;
  show(answer, start, false);
  message(sentence(answer.message));
}

const started = (work) => work.catch(async (error) => { fail(error); await stop(); });

at("agree").onchange = () => {
  const ready = at("agree").checked;
  for (const id of ["camera", "picture", "video"]) at(id).disabled = !ready;
  for (const label of document.querySelectorAll(".button")) label.setAttribute("aria-disabled", !ready);
};
at("camera").onclick = () => started(camera());
at("picture").onchange = ({ target }) => { if (target.files[0]) started(still(target.files[0])); target.value = ""; };
at("video").onchange = ({ target }) => { if (target.files[0]) started(video(target.files[0])); target.value = ""; };
at("stop").onclick = () => stop();
at("mic").onchange = async ({ target }) => {
  if (!target.checked) { deafen(); return; }
  await listen(({ ms }) => { time("hear", ms.hear); showTimes(); }, fail).catch((error) => { target.checked = false; fail(error); });
};
at("talk").onsubmit = (event) => {
  event.preventDefault();
  tell("api/words", { text: at("words").value }).then(() => message("")).catch(fail);
};

const today = () => new Intl.DateTimeFormat("sv-SE").format(new Date()); // 2026-01-31
at("today").textContent = today();
at("consent").onchange = ({ target }) => { at("keep").disabled = !target.checked; };
at("keep").onclick = async () => {
  const given = { wording: about.wording, label: at("feeling").value || null, name: at("name").value, date: today(), code: at("code").value || null };
  try {
    at("code").value = (await tell("api/keep", given)).code;
    at("kept").textContent = "Kept. With the code below you can have it deleted, also on another day: write it down.";
  } catch (error) { at("kept").textContent = sentence(error.message); }
};
at("withdraw").onclick = async () => {
  try {
    const { deleted } = await tell("api/withdraw", { code: at("code").value });
    at("kept").textContent = deleted ? `Deleted: ${deleted}.` : "Nothing was given under this code.";
  } catch (error) { at("kept").textContent = sentence(error.message); }
};
window.addEventListener("pagehide", () => { leave(); });
