// What is said, sentence by sentence, and what the microphone hears: both 16 kHz mono, 16 bits.

import { post, speech } from "./server.js";

const RATE = 16000;
const HEARD_S = 3; // of sound sent at once: about the length of a sentence

let out = null;
let until = 0; // when what is being said ends, by the clock of `out`
let mic = null;

export const talking = () => out !== null && out.currentTime < until;

export function wake() {
  out ??= new AudioContext();
  return out.resume();
}

// Play all sentences of what is said; `first(ms)` is called when the first begins.
export async function say(said, first) {
  for (let part = 0; part < said.parts; part += 1) {
    const { pcm, ms } = await speech(said.number, part);
    const buffer = out.createBuffer(1, pcm.length, RATE);
    buffer.copyToChannel(Float32Array.from(pcm, (level) => level / 32768), 0);
    const source = new AudioBufferSourceNode(out, { buffer });
    source.connect(out.destination);
    const start = Math.max(out.currentTime, until);
    source.start(start);
    until = start + buffer.duration;
    if (part === 0) first(ms);
  }
}

// Listen until `deafen`; what was heard goes to `heard`. While this page speaks nothing is sent: it would hear itself.
export async function listen(heard, failed) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, channelCount: 1 } });
  const context = new AudioContext({ sampleRate: RATE });
  await context.audioWorklet.addModule("mic.js");
  const node = new AudioWorkletNode(context, "mic");
  context.createMediaStreamSource(stream).connect(node);
  mic = { stream, context };
  let kept = [];
  let length = 0;
  node.port.onmessage = async ({ data }) => {
    if (talking()) { kept = []; length = 0; return; }
    kept.push(data);
    length += data.length;
    if (length < HEARD_S * RATE) return;
    const pcm = new Int16Array(length);
    let at = 0;
    for (const piece of kept) {
      pcm.set(Array.from(piece, (level) => Math.max(-1, Math.min(1, level)) * 32767), at);
      at += piece.length;
    }
    kept = [];
    length = 0;
    try { heard(await post("api/sound", pcm.buffer)); } catch (error) { failed(error); }
  };
}

export function deafen() {
  mic?.stream.getTracks().forEach((track) => track.stop());
  mic?.context.close();
  mic = null;
}
