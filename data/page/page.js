// The page: what is shown, played and kept, and what buttons and keys do.

const $ = (id) => document.getElementById(id);
const content = JSON.parse($("content").textContent);
const { health } = content;
const FRAME_MS = 33;
const SAVE_MS = 1000;
const TURN_SHOWN_MS = 4000;
const SENTENCE_MS = 3000; // Shortest time for a sentence.
const WORD_MS = 400; // 150 words a minute.
const AFTER_SOUND_MS = 400; // Speech waits for the first part of its sound.
const LONGEST_SECONDS_MS = 99000; // Longer times are shown in minutes.
const PROMPTS = { // Without a counted breath.
  "warm-up": "MOVE", prepare: "READY", hold: "HOLD", move: "MOVE", press: "PRESS", release: "RELAX", rest: "REST",
  switch: "SWITCH", settle: "REST",
};
const still = matchMedia("(prefers-reduced-motion: reduce)");
let [session, wakeLock] = [null, null];

const put = (element, text) => {
  if (element.textContent === text) return;
  element.textContent = text;
  element.style.setProperty("--letters", Math.max(text.length, 2)); // Makes words as large as their place allows.
};
const minutes = (ms) => (ms < 60000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60000)} min`);
const clock = (ms) => `${Math.floor(Math.ceil(ms / 1000) / 60)}:${String(Math.ceil(ms / 1000) % 60).padStart(2, "0")}`;

function make(name, text, attributes = {}) {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function button(text, press, attributes = {}) {
  const element = make("button", text, { type: "button", ...attributes });
  element.addEventListener("click", press);
  return element;
}

/** Show buttons below a sheet; the first, also by Enter, is for what most people do. */
function offer(where, ...buttons) {
  const first = { class: "primary", "aria-keyshortcuts": "Enter" };
  where.replaceChildren(...buttons.map(([text, press], at) => button(text, press, at ? {} : first)));
}

/** Return what this browser remembers under a name; keep a value there, or forget it if it is null. */
function remembered(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(`stretch ${name}`, JSON.stringify(value));
    return JSON.parse(localStorage.getItem(`stretch ${name}`));
  } catch {
    return null; // A browser may forbid it, for example in a private window.
  }
}

/** Audio elements, because a mute switch silences other sounds. */
const sounds = {
  on: remembered("sound") ?? true,
  all: Object.entries(content.sounds).reduce((all, [name, src]) => ({ ...all, [name]: new Audio(src) }), {}),
  /** Play each unheard: later a phone plays only what was played in a tap. */
  prime() {
    for (const audio of Object.values(this.all)) {
      audio.muted = true;
      audio.play().then(() => audio.muted && audio.pause()).catch(() => {}).finally(() => (audio.muted = false));
    }
  },
  play({ sound, lasts }) {
    for (const name of ["breath-in", "breath-out"]) this.all[name]?.pause();
    const audio = this.on && this.all[sound];
    if (!audio) return;
    Object.assign(audio, { muted: false, currentTime: 0, preservesPitch: false });
    audio.playbackRate = Math.min(Math.max((1000 * audio.duration) / lasts || 1, 0.5), 2);
    audio.play().catch(() => {});
  },
};

/** The voice of the device, one that needs no network if there is one. */
const voice = {
  on: remembered("voice") ?? true,
  get best() {
    const english = (window.speechSynthesis?.getVoices() ?? []).filter(({ lang }) => lang.startsWith("en"));
    return english.sort((a, b) => b.localService - a.localService || b.default - a.default)[0];
  },
  say(sentences, { lesser = false, volume = 1 } = {}) {
    const { on, best } = this;
    if (!on || !best || (lesser && speechSynthesis.speaking)) return;
    speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(sentences.join(" "));
    speechSynthesis.speak(Object.assign(words, { voice: best, lang: best.lang, rate: 0.95, volume }));
  },
  stop: () => window.speechSynthesis?.cancel(),
};

async function keepAwake() {
  if (session?.running && document.visibilityState === "visible" && (wakeLock?.released ?? true)) {
    const refused = () => $("words").append(Object.assign($("wake"), { hidden: false }));
    wakeLock = await navigator.wakeLock?.request("screen").catch(refused);
  } else if (session?.ended) wakeLock?.release();
}

function show(screen) {
  for (const id of ["start", "session", "end"]) $(id).hidden = id !== screen;
  scrollTo(0, 0);
}

function showStart() {
  show("start");
  put($("title"), content.title);
  put($("summary"), `${minutes(content.plan.seconds * 1000)}, ${content.count}`);
  $("list").replaceChildren(...content.routine.map(([name, dose]) => {
    const item = make("li", "");
    item.append(make("span", name, { dir: "auto" }), make("span", dose));
    return item;
  }));
  put($("needs"), content.needs);
  put($("rules"), health.rules);
  $("wake").hidden = "wakeLock" in navigator;
  const [question, none, some] = health.daily;
  if (remembered("stop")) showStop(remembered("stop"));
  else if (!remembered("asked")) ask(health.first);
  else showHealth(question, [], [...startButtons(none), [some, () => ask(health.first)]], true);
}

/** Show what is asked or said before the start: a title, answers or texts, and the buttons below. */
function showHealth(title, children, buttons, listed = false) {
  put($("question"), title);
  $("answers").replaceChildren(...children);
  $("contents").hidden = !listed;
  offer($("start-actions"), ...buttons);
}

/** Return the buttons that start, or go on where the page was left. */
function startButtons(answer) {
  const saved = remembered(content.key);
  if (!saved) return [[`${answer}: start`, () => start(null)]];
  const left = clock(new Session(content, saved).length - saved.position);
  return [[`${answer}: go on, ${left} left`, () => start(saved)], ["From the beginning", () => start(null)]];
}

/** Ask a question of the health check, then those of the queue; the most severe answer counts. */
function ask(name, queue = [], worst = null) {
  const { text, none, choices } = health.questions[name];
  const answers = choices.flatMap((choice) => [
    ...(choice.heading ? [make("h3", choice.heading)] : []),
    button(choice.text, () => answered(choice, queue, worst)),
  ]);
  const back = ["Back", () => ask(health.first)];
  if (name === health.first) showHealth(text, answers, startButtons(none), true);
  else showHealth(text, answers, none ? [[none, () => answered({}, queue, worst)], back] : [back]);
  if (name !== health.first) $("question").focus();
}

function answered(choice, queue, worst) {
  if (choice.message >= (worst?.message ?? 0)) worst = choice;
  const [next, ...later] = [...(choice.then ?? []), ...queue];
  if (next) return ask(next, later, worst);
  if (!worst) return ask(health.first);
  const [message, said] = [health.messages[worst.message], `${health.said} ${worst.said}.`];
  if (worst.message > 0) return showStop({ message, said });
  showHealth(message, [make("p", said)], [["Back", () => ask(health.first)], ...startButtons("It had this")]);
}

/** Show why there is no session, until the person says that it is not so. */
function showStop(stop) {
  remembered("stop", stop);
  const undo = () => (remembered("stop", null), ask(health.first));
  const texts = [make("p", stop.message, { class: "message", role: "alert" }), make("p", stop.said)];
  showHealth("", texts, []);
  $("start-actions").append(button("That is not so, or is over", undo)); // Not by Enter.
}

const figure = new FigureView($("figure"), content.figures);
const resting = new FigureView($("end-figure"), content.figures);
let [drawnAt, savedAt, shownWords] = [-Infinity, -Infinity, ""];

function start(saved) {
  remembered("asked", true);
  session = new Session(content, saved);
  shownWords = "";
  show("session");
  // Both must begin within the tap, or a phone lets neither begin later.
  sounds.prime();
  voice.say([" "], { volume: 0 });
  for (const [key, name] of [["play", "pause"], ["pause", "pause"], ["nexttrack", "next"], ["previoustrack", "back"]]) {
    navigator.mediaSession?.setActionHandler(key, () => act(name));
  }
  $("pause").focus({ preventScroll: true });
  keepAwake();
  step();
}

/** Go on to the present, with the sounds and words that are due, and draw it. */
function step() {
  if (!session || session.ended) return;
  const now = performance.now();
  const cues = session.tick(now);
  const words = cues.find((cue) => cue.say.length);
  const sound = cues.findLast((cue) => cue.sound && !cue.kind.startsWith("breath")) ?? cues.findLast((cue) => cue.sound);
  if (sound) sounds.play(sound);
  if (words) setTimeout(() => session.running && voice.say(words.say, { lesser: words.kind !== "phase" }), AFTER_SOUND_MS);
  if (session.ended) return finish();
  if (now - savedAt >= SAVE_MS) save();
  if (document.visibilityState === "visible") draw();
}

function save() {
  savedAt = performance.now();
  if (session && !session.ended) remembered(content.key, session.save());
}

function draw() {
  drawnAt = performance.now();
  const { phase, elapsed, position, length, paused, asking } = session;
  drawFigure(phase, elapsed);
  drawPanel(phase, elapsed);
  drawWords(phase, elapsed);
  $("progress").firstElementChild.style.transform = `scaleX(${position / length})`;
  $("progress").setAttribute("aria-valuenow", Math.round((100 * position) / length));
  const place = phase.number ? `${phase.number} of ${session.stretches}` : phase.kind === "settle" ? "Rest" : "Warm-up";
  put($("where"), place);
  put($("total"), `${clock(length - position)} left`);
  put($("next"), `Next: ${session.upcoming}`);
  $("session").className = asking ? "asking" : paused ? "paused" : "";
  put($("pause").lastElementChild, paused ? "Go on" : "Pause");
  $("pause-icon").setAttribute("d", paused ? "M7 4l13 8-13 8z" : "M8 5v14M16 5v14");
  put($("sound"), `Sound ${sounds.on ? "on" : "off"}`);
  put($("voice"), `Voice ${voice.on ? "on" : "off"}`);
}

function drawFigure(phase, elapsed) {
  const made = content.figures[phase.figure];
  const depth = depthsAt(phase, elapsed)[made?.into === "inhale" ? 1 : 0];
  const sides = phase.side === "left" ? ["left", "right"] : ["right", "left"];
  const side = sides[made?.alternates ? cycleAt(phase, elapsed) % 2 : 0];
  const [turned, pressing] = [hasTurned(phase, elapsed), phase.kind === "press"];
  // Without motion a movement is two pictures, and a hold one.
  figure.show(phase.figure, side, { depth: still.matches ? Math.round(depth) : depth, turned, pressing });
}

function drawPanel(phase, elapsed) {
  const breath = breathAt(phase.breaths, elapsed);
  const shown = breath && phase.counted && session.running ? breath.half : "";
  const seconds = session.left > LONGEST_SECONDS_MS ? clock(session.left) : String(Math.ceil(session.left / 1000));
  const breaths = phase.kind === "move" ? `breath ${breath.number} of ${phase.breaths.length}` : "";
  const count = [phase.count, breaths].filter(Boolean).join(", ");
  const prompt = shown.toUpperCase() || PROMPTS[phase.kind];
  put($("name"), phase.name);
  put($("seconds"), seconds);
  put($("side"), (phase.side ?? "").toUpperCase());
  put($("count"), hasTurned(phase, elapsed) ? "other way" : count);
  put($("prompt"), session.asking ? "STOP" : session.paused ? "PAUSED" : prompt);
  $("beside").className = shown;
  const full = still.matches ? 1 : shown ? breath.elapsed / breath.length : 0;
  $("breath").firstElementChild.style.transform = `scaleX(${shown === "out" ? 1 - full : full})`;
}

/** Show the sentences of this moment and mark the one to follow now, or in large letters what comes next. */
function drawWords(phase, elapsed) {
  const [turned, eased] = [hasTurned(phase, elapsed), session.eased.has(phase.figure)];
  const key = `${session.index} ${turned} ${eased}`;
  if (key !== shownWords) {
    shownWords = key;
    const text = content.texts[phase.text][2 * turned + eased];
    $("text").replaceChildren(...text.map(([kind, words]) => make("p", words, { class: kind, dir: "auto" })));
    $("text").scrollTop = 0;
    put($("live"), `${phase.name}. ${phase.side ? `${phase.side} side. ` : ""}${PROMPTS[phase.kind]}. ${phase.count}`);
  }
  markSentence(phase, elapsed);
  let words = session.ahead ? `Next: ${session.upcoming}` : "";
  if (turned && elapsed < phase.turns + TURN_SHOWN_MS) words = "Change direction";
  if (session.away) words = `Welcome back after ${minutes(session.away)}.`;
  else if (session.paused) words = "";
  put($("big"), words);
}

/** Mark all sentences in order while getting ready; later from the last step on, again and again. */
function markSentence(phase, elapsed) {
  const all = [...$("text").children];
  const preparing = ["prepare", "switch"].includes(phase.kind);
  const last = all.findLastIndex((item) => item.classList.contains("step"));
  const order = preparing ? all.slice(0, last + 1) : [...all.slice(last), ...all.slice(0, last)];
  const lengths = order.map((item) => Math.max(SENTENCE_MS, item.textContent.split(" ").length * WORD_MS));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let at = preparing ? (elapsed / phase.length) * total : elapsed % total;
  const moving = all.find((item) => item.classList.contains(breathAt(phase.breaths, elapsed)?.half));
  const now = moving ?? order.find((_, index) => (at -= lengths[index]) < 0) ?? order.at(-1);
  if (now.classList.contains("now")) return;
  for (const item of all) item.classList.toggle("now", item === now);
  const lowest = now.offsetTop + now.offsetHeight + 20 - $("text").clientHeight; // Clear of the faded edges.
  const top = Math.max(lowest, Math.min(now.offsetTop - 10, $("text").scrollTop));
  $("text").scrollTo({ top, behavior: still.matches ? "auto" : "smooth" });
}

/** Do what a button or a key says. */
function act(name, detail) {
  step();
  if (!session || session.ended) return;
  if (name === "sound" || name === "voice") {
    const what = name === "sound" ? sounds : voice;
    what.on = remembered(name, !what.on) ?? !what.on;
  } else if (name === "symptom") Object.assign(session, { ended: "stopped", symptom: content.symptoms[detail] });
  else session[name]();
  if (!session.running || !voice.on) voice.stop();
  if (session.ended) return finish();
  askWhatHurts();
  step();
  save();
  keepAwake();
}

function askWhatHurts() {
  if ($("hurt").hidden !== session.asking) return;
  $("hurt").hidden = !session.asking;
  $(session.asking ? "accept" : "pause").focus({ preventScroll: true });
  if (!session.asking) return;
  const easier = content.texts[session.phase.text][1].find(([kind]) => kind === "ease")?.[1] ?? "";
  put($("offer"), session.twoHurt ? "Two stretches in a row hurt: better to rest now." : easier);
  put($("accept"), session.twoHurt ? "Rest and end" : easier ? "Try the easier way" : "Go on");
  voice.say([$("stopped").textContent, $("offer").textContent]);
}

function finish() {
  const { symptom, done, stretches } = session;
  remembered(content.key, null);
  keepAwake();
  show("end");
  const count = `Done: ${done.size === stretches ? "" : `${done.size} of `}${content.count}.`;
  const lines = symptom?.advice ?? [count, content.rise].filter(Boolean);
  put($("end-title"), symptom ? "Stopped" : done.size ? "Well done" : "Finished");
  $("end-text").replaceChildren(...lines.map((line) => make("p", line, symptom ? { class: "message" } : {})));
  put($("live"), lines.join(" "));
  if (symptom) remembered("stop", { message: lines.join(" "), said: `${health.said} ${symptom.label}.` });
  else sounds.play({ sound: "done" });
  setTimeout(() => voice.say(lines), AFTER_SOUND_MS);
  resting.show(symptom ? "" : content.resting, "right", { depth: 1 });
  offer($("end-actions"), [symptom ? "Back to the start" : "Again", showStart]);
  $("end-title").focus();
}

for (const each of document.querySelectorAll("[data-action]")) {
  each.addEventListener("click", (event) => {
    act(each.dataset.action);
    // After a tap, the space bar is again the key for a pause.
    if (event.detail) each.blur();
  });
}
document.addEventListener("keydown", (event) => {
  const key = CSS.escape(event.key === " " ? "Space" : event.key);
  const found = [...document.querySelectorAll(`[aria-keyshortcuts~="${key}"]`)].find((each) => each.offsetParent);
  const own = event.target.closest("button") && [" ", "Enter"].includes(event.key); // Keys of the button in focus.
  if (!found || own || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  found.click();
});
for (const name of ["visibilitychange", "pagehide"]) addEventListener(name, () => (save(), keepAwake()), true);
$("symptoms").append(...content.symptoms.map(({ label }, at) =>
  button(`${at + 1} ${label}`, () => act("symptom", at), { "aria-keyshortcuts": at + 1 })));
// Frames for what is seen, and a timer because a hidden page has no frames.
setInterval(() => {
  $("voice").hidden = !voice.best;
  step();
}, 250);
requestAnimationFrame(function frame() {
  if (performance.now() - drawnAt >= FRAME_MS) step();
  requestAnimationFrame(frame);
});
showStart();
