// A loudspeaker in contexts of its own, driven through `window.stage`.
import { Speaker, unlockOutput } from "/playback.js";

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Blocks the page. */
function block(ms) {
  for (const until = performance.now() + ms; performance.now() < until;);
}

/** A triangle that is nowhere 0, in whole numbers so that it is the same everywhere; the spec makes it, too. */
function triangle(samples) {
  return Float32Array.from({ length: samples }, (_, index) => (200 + Math.abs(((index * 7) % 1_000) - 500)) / 1_024);
}

/** Samples as text, which crosses to the spec quickly. */
function packed(samples) {
  const bytes = new Uint8Array(Float32Array.from(samples).buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4_096) text += String.fromCharCode(...bytes.subarray(at, at + 4_096));
  return btoa(text);
}

function begin(speaker, { itemId = "item", rateHz, samples, isEnded = true }) {
  const item = speaker.begin({ itemId, contentIndex: 0 }, rateHz);
  item.write(triangle(samples));
  if (isEnded) item.end();
  return item;
}

function asked(recorder, question) {
  return new Promise((resolve) => {
    recorder.port.onmessage = ({ data }) => resolve(data);
    recorder.port.postMessage(question);
  });
}

/** Renders items offline; `acts` are calls on the speaker, each at a time of the context. */
async function offline({ outputRate, seconds, items, acts = [] }) {
  const context = new OfflineAudioContext(1, seconds * outputRate, outputRate);
  await context.audioWorklet.addModule("/recorder.worklet.js");
  const recorder = new AudioWorkletNode(context, "recorder");
  // The audio thread takes messages in turn: once a later one is answered, the speaker's have arrived.
  const arrived = async () => {
    for (let count = 0; count < 5; count++) await asked(recorder, "ping");
  };
  const events = [];
  const speaker = await Speaker.open({ context, onEvent: (event) => events.push(event) });
  for (const item of items) begin(speaker, item);
  const cleared = [];
  for (const { act, atSec } of acts) {
    void context.suspend(atSec).then(async () => {
      const answer = speaker[act]();
      if (answer) cleared.push(answer);
      await arrived();
      await context.resume();
    });
  }
  await arrived();
  const rendered = await context.startRendering();
  await wait(50);
  speaker.close();
  return { samples: packed(rendered.getChannelData(0)), events, cleared: await Promise.all(cleared) };
}

/** A speaker in a running context, with a recorder at its output. */
async function live(options) {
  const context = new AudioContext({ sampleRate: 48_000 });
  unlockOutput(context);
  await context.resume();
  await context.audioWorklet.addModule("/recorder.worklet.js");
  const events = [];
  const speaker = await Speaker.open({ context, options, onEvent: (event) => events.push(event) });
  const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
  speaker.output.connect(recorder);
  const recorded = async () => {
    const { samples, gaps } = await asked(recorder, "give");
    return { samples: packed(samples.subarray(0, context.currentTime * 48_000)), gaps };
  };
  const until = async (isSo) => {
    while (!events.some(isSo)) await wait(5);
  };
  return { context, speaker, events, recorded, until };
}

/** Cuts an answer off after so many ms each, and tells what was said of it; the recording of all holds the truth. */
async function cutOff({ item, afterMs }) {
  const { context, speaker, events, recorded, until } = await live();
  const cuts = [];
  for (const ms of afterMs) {
    const told = events.length;
    begin(speaker, item);
    await until(({ type }, index) => index >= told && type === "started");
    await wait(ms);
    const calledAtSec = context.currentTime;
    const cleared = await speaker.clear();
    cuts.push({ calledAtSec, startedAtSec: events[told].atContextSec, ...cleared });
    await wait(60);
  }
  const recording = await recorded();
  await context.close();
  return { cuts, ...recording };
}

/** Pauses after so long, resumes after so long, and plays to the end. */
async function pauseAndResume({ item, playMs, pauseMs }) {
  const { context, speaker, events, recorded, until } = await live();
  const playing = begin(speaker, item);
  await until(({ type }) => type === "started");
  await wait(playMs);
  speaker.pause();
  await until(({ type }) => type === "paused");
  await wait(pauseMs);
  const heardSamples = playing.heardSamples();
  speaker.resume();
  await until(({ type }) => type === "ended");
  const recording = await recorded();
  await context.close();
  return { events, heardSamples, ...recording };
}

/** Plays what was written before the page is blocked, again and again, until it is over. */
async function playBlocked({ item, blockMs }) {
  const { context, speaker, events, recorded, until } = await live();
  begin(speaker, item);
  await until(({ type }) => type === "started");
  let blocked = 0;
  for (; !events.some(({ type }) => type === "ended"); blocked++) {
    block(blockMs);
    await wait(0);
  }
  const recording = await recorded();
  await context.close();
  return { events, blocked, ...recording };
}

/** What opening with these rejects with. */
async function refused({ assets, options, isAborted }) {
  const context = new AudioContext();
  const signal = isAborted ? AbortSignal.abort(new Error("no more")) : undefined;
  try {
    await Speaker.open({ context, assets, options, signal });
    return undefined;
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message };
  } finally {
    await context.close();
  }
}

/** Chooses devices, with the context's own means or an element's, and tells where the sound went. */
async function devices(ids, isByElement) {
  const elements = [];
  if (isByElement) {
    delete AudioContext.prototype.setSinkId;
    HTMLMediaElement.prototype.setSinkId = async function setSinkId(id) {
      if (id === "missing") throw new DOMException("no such device", "NotFoundError");
      elements.push({ element: this, id });
    };
  }
  const { context, speaker, recorded } = await live();
  const outcomes = [];
  for (const id of ids) {
    outcomes.push(
      await speaker.setOutputDevice(id).then(
        () => "chosen",
        ({ code, message }) => `${code}: ${message}`,
      ),
    );
  }
  const playing = elements.map(({ element, id }) => ({ id, isPlaying: !element.paused && element.srcObject !== null }));
  speaker.close();
  const left = elements.filter(({ element }) => element.srcObject !== null).length;
  await recorded();
  await context.close();
  return { outcomes, playing, left };
}

/** Closes in mid-item: nothing more is heard or told, and all calls are harmless. */
async function closeInMidItem({ item }) {
  const { context, speaker, events, recorded, until } = await live({ volume: 0.5 });
  const playing = begin(speaker, { ...item, isEnded: false });
  await until(({ type }) => type === "progress");
  speaker.close();
  speaker.close();
  const closedAtSec = context.currentTime;
  const told = events.length;
  const { items } = await speaker.clear();
  speaker.pause();
  speaker.resume();
  playing.write(new Float32Array(100));
  const late = begin(speaker, item);
  await wait(150);
  const recording = await recorded();
  await context.close();
  unlockOutput(context);
  return {
    closedAtSec,
    toldAfter: events.length - told,
    cleared: items.length,
    isOver: playing.isOver && late.isOver,
    ...recording,
  };
}

/** A processor that breaks in mid-item, twice over. */
async function breakdown({ item }) {
  const nodes = [];
  const { AudioWorkletNode } = window;
  window.AudioWorkletNode = class extends AudioWorkletNode {
    constructor(...given) {
      super(...given);
      nodes.push(this);
    }
  };
  const context = new AudioContext();
  await context.resume();
  const failures = [];
  const speaker = await Speaker.open({ context, onFailure: ({ code, message }) => failures.push({ code, message }) });
  const playing = begin(speaker, { ...item, isEnded: false });
  const cleared = speaker.clear();
  for (let count = 0; count < 2; count++) nodes[0].dispatchEvent(new Event("processorerror"));
  const { items } = await cleared;
  await context.close();
  return { failures, cleared: items.length, isOver: playing.isOver };
}

window.stage = { breakdown, offline, cutOff, pauseAndResume, playBlocked, refused, devices, closeInMidItem };
