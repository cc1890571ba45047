// What is shown: boxes over the picture, a bar for each emotion, the sentence, and how long everything took.

export const at = (id) => document.getElementById(id);

const BENGALI = {
  angry: "রাগ", disgust: "ঘৃণা", fear: "ভয়", happy: "খুশি", neutral: "স্বাভাবিক", sad: "দুঃখ", surprise: "বিস্ময়",
};
const TIMES = {
  decode: "read the frame", detect: "find faces", recognise: "read the look", smooth: "smooth and join", reply: "find words",
  speak: "make the sound", hear: "hear the voice", text: "frame to sentence", audio: "frame to sound",
};
const REMEMBERED = 300; // times of each kind, for the median
const HUES = ["#ffd166", "#7bdff2", "#f7aef8", "#b2f7a1", "#ffb38a"]; // boxes, told apart on dark and light

let emotions = [];
const times = new Map();

export function prepare(names) {
  emotions = names;
  at("bars").replaceChildren(...names.map((name) => {
    const row = document.createElement("tr");
    row.innerHTML = "<th></th><td><meter min=0 max=1></meter></td><td></td>";
    row.firstChild.textContent = `${BENGALI[name]} ${name}`;
    return row;
  }));
  at("feeling").replaceChildren(new Option("I would rather not say", ""), ...names.map((n) => new Option(`${BENGALI[n]} ${n}`, n)));
}

export function bars(chances) {
  const best = chances.indexOf(Math.max(...chances));
  [...at("bars").rows].forEach((row, place) => {
    row.classList.toggle("first", place === best);
    row.querySelector("meter").value = chances[place];
    row.lastChild.textContent = `${Math.round(100 * chances[place])} %`;
  });
}

export function feeling(name, others) {
  const [bengali, english, more] = ["span", "span", "span"].map((tag) => document.createElement(tag));
  bengali.lang = "bn";
  bengali.textContent = BENGALI[name];
  english.textContent = name;
  more.className = "soft small";
  more.textContent = others > 0 ? `  and ${others} more ${others > 1 ? "faces" : "face"}` : "";
  at("emotion").replaceChildren(bengali, english, more);
  document.body.dataset.emotion = name;
}

export function reply({ text, emotion }) {
  at("reply").textContent = text;
  at("to").textContent = `said to ${BENGALI[emotion]} ${emotion}`;
  document.body.dataset.text = text;
}

export function boxes(answer, partner, mirrored) {
  const canvas = at("boxes");
  const { clientWidth: width, clientHeight: height } = canvas;
  const dots = window.devicePixelRatio || 1;
  canvas.width = width * dots;
  canvas.height = height * dots;
  const draw = canvas.getContext("2d");
  draw.scale(dots, dots);
  const scale = Math.min(width / answer.width, height / answer.height);
  const [left, top] = [(width - scale * answer.width) / 2, (height - scale * answer.height) / 2];
  draw.font = '600 14px "Bhab Bengali", system-ui, sans-serif';
  for (const face of answer.faces) {
    const [x, y, w, h] = face.box.map((side) => side * scale);
    const from = left + (mirrored ? scale * answer.width - x - w : x);
    draw.strokeStyle = draw.fillStyle = HUES[face.number % HUES.length];
    draw.lineWidth = face.number === partner ? 4 : 2;
    draw.strokeRect(from, top + y, w, h);
    const label = `${BENGALI[face.emotion]} ${face.emotion} ${Math.round(100 * face.smoothed[emotions.indexOf(face.emotion)])} %`;
    const above = top + y > 24 ? top + y - 22 : top + y + 2;
    draw.fillRect(from - 1, above, draw.measureText(label).width + 12, 20);
    draw.fillStyle = "#11161d";
    draw.fillText(label, from + 5, above + 15);
  }
}

export function time(stage, ms) {
  const kept = times.get(stage) || [];
  kept.push(ms);
  times.set(stage, kept.slice(-REMEMBERED));
}

export function showTimes() {
  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const shown = Object.keys(TIMES).filter((stage) => times.has(stage));
  at("times").tBodies[0].replaceChildren(...shown.map((stage) => {
    const row = document.createElement("tr");
    const values = times.get(stage);
    row.append(document.createElement("th"));
    row.firstChild.textContent = TIMES[stage];
    for (const text of [values.at(-1).toFixed(1), median(values).toFixed(1), values.length]) {
      const cell = row.insertCell();
      cell.className = "n";
      cell.textContent = text;
    }
    return row;
  }));
  const headline = ["text", "audio"].filter((stage) => times.has(stage)).map((stage) => `${TIMES[stage]} ${median(times.get(stage)).toFixed(0)} ms`);
  at("headline").textContent = headline.join(" · ");
  document.body.dataset.times = JSON.stringify(Object.fromEntries(shown.map((stage) => [stage, median(times.get(stage))])));
}
