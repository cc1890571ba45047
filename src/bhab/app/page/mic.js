// Hands what the microphone hears to the page, in pieces of an eighth of a second.

class Mic extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Float32Array(2000);
    this.at = 0;
  }

  process([[channel]]) {
    for (const level of channel ?? []) {
      this.piece[this.at] = level;
      this.at += 1;
      if (this.at === this.piece.length) {
        this.port.postMessage(this.piece.slice());
        this.at = 0;
      }
    }
    return true;
  }
}

registerProcessor("mic", Mic);
