"use strict";
// The session without the page: its phases, its position, its cues, and what the buttons do. All times are in
// milliseconds. The rules are those of core/timing; the tests compare the two.

const GAP_MS = 2000; // After a longer time without a tick the machine slept: that time does not count.
const AGAIN_MS = 2000; // Going back this soon after a start goes to the start before.
const MIN_LEFT_MS = 1000;
const EASE_MS = 3000;
const SWING_MS = 3000;
const BREATHING_SWAY = 0.08;
const REST_DEPTH = 0.2;
const PRESS_DEPTH = 0.75;
const AHEAD_MS = 5000; // For so long before its end a phase shows what comes next.
const SHORTEST_MS = 6000; // A shorter phase leaves no time for that.
const WORKING = ["hold", "move", "press", "release"];
const SEEK_TARGETS = ["warm-up", "prepare", "switch", "settle"];

/** Return the phases of the plan: its steps, and each move of a warm-up. */
function phasesOf({ plan, phases: details }) {
  const ms = (seconds) => Math.round(seconds * 1000);
  const phases = [];
  for (const step of plan.steps) {
    for (const { seconds } of step.moves.length ? step.moves : [step]) {
      const detail = details[phases.length];
      const counted = step.breaths.length > 0;
      const breaths = counted ? step.breaths.map((breath) => breath.map(ms)) : detail.uncounted;
      phases.push({ ...step, ...detail, length: ms(seconds), breaths, counted });
    }
  }
  return place(phases);
}

/** Give each phase the start where the one before it ends. */
function place(phases) {
  phases.reduce((start, phase) => (phase.start = start) + phase.length, 0);
  return phases;
}

/** Return the breath at this time of a phase: its number, its half, and the time and length of that half. */
function breathAt(breaths, elapsed) {
  const halves = breaths.flat();
  let at = 0;
  while (at < halves.length - 1 && elapsed >= halves[at]) elapsed -= halves[at++];
  const [half, length] = [at % 2 ? "out" : "in", halves[at]];
  return halves.length ? { number: (at >> 1) + 1, half, elapsed: Math.min(elapsed, length), length } : null;
}

const hasTurned = (phase, elapsed) => phase.turns !== null && elapsed >= phase.turns;
const ease = (fraction) => {
  const u = Math.min(Math.max(fraction, 0), 1);
  return u * u * (3 - 2 * u);
};

/** Return 1 at the end of each breath out and 0 at the end of each breath in; the first breath in stays at *first*. */
function swing(breaths, elapsed, first) {
  const breath = breathAt(breaths, elapsed);
  if (!breath) return 1;
  const share = ease(breath.elapsed / breath.length);
  return breath.half === "out" ? share : breath.number > 1 || first ? 1 - share : 0;
}

/** Return how far the figure is in, if it goes in on the breath out and if it goes in on the breath in. */
function depthsAt({ kind, breaths, length, entry }, elapsed) {
  const rest = (end) => {
    const top = elapsed < length / 2 ? 1 : end;
    return REST_DEPTH + (top - REST_DEPTH) * ease(Math.abs(elapsed - length / 2) / (length / 2));
  };
  const out = swing(breaths, elapsed, 1);
  const both = (depth) => [depth, depth];
  if (kind === "warm-up") return both((1 - Math.cos((2 * Math.PI * elapsed) / SWING_MS)) / 2);
  if (kind === "prepare" || kind === "switch") return [entry * ease(1 - (length - elapsed) / Math.min(EASE_MS, length / 2)), 0];
  if (kind === "press") return both(PRESS_DEPTH);
  if (kind === "release") return both(PRESS_DEPTH + (1 - PRESS_DEPTH) * ease(elapsed / length));
  if (kind === "rest") return [rest(entry), rest(0)];
  if (kind === "move") return [swing(breaths, elapsed, 0), 1 - out];
  if (kind === "settle") return [out, 1 - out];
  return [1 - BREATHING_SWAY * (1 - out), ease(elapsed / (breaths.length ? breaths[0][0] : EASE_MS))];
}

/** Return the number of repetitions before this one, for movements that change sides each time. */
function cycleAt({ kind, breaths }, elapsed) {
  if (kind === "warm-up") return Math.floor(elapsed / SWING_MS);
  const { number = 1, half } = (kind === "move" && breathAt(breaths, elapsed)) || {};
  return Math.max(number - (half === "in" ? 2 : 1), 0);
}

/** Return the cues of a phase; one with a negative time counts from the end, which comes sooner if it was eased. */
function cuesOf({ cues, start, length }) {
  return cues.flatMap(([kind, from, sound, lasts, ...say]) => {
    const at = from < 0 ? length + from : from;
    const fits = at < length && at >= (kind === "count" ? MIN_LEFT_MS : 0);
    return fits ? [{ kind, at: start + at, sound, lasts, say }] : [];
  });
}

class Session {
  constructor(content, saved) {
    this.phases = phasesOf(content);
    this.lengths = {}; // Of the phases that were made easier.
    for (const [index, length] of Object.entries(saved?.lengths ?? {})) this.shorten(Number(index), length);
    this.position = Math.min(saved?.position ?? 0, this.length);
    for (const name of ["eased", "painful", "done"]) this[name] = new Set(saved?.[name]);
    this.cued = this.position - 0.5; // Cues up to here were given.
    this.clock = null;
    this.paused = false;
    this.away = 0; // Length of the sleep that caused the pause.
    this.asking = false; // Whether it is asked what hurts.
    this.ended = "";
  }

  get length() { return this.phases.at(-1).start + this.phases.at(-1).length; }
  get phase() { return this.phases[this.index]; }
  get elapsed() { return this.position - this.phase.start; }
  get left() { return this.phase.length - this.elapsed; }
  get running() { return !(this.paused || this.asking || this.ended); }
  get stretches() { return Math.max(...this.phases.map((phase) => phase.number)); }
  get index() { return this.phases.findLastIndex((phase) => phase.start <= this.position); }

  /** Whether it is time to show what comes next. */
  get ahead() {
    const { kind, length } = this.phase;
    const doing = ["warm-up", "hold", "move", "press"].includes(kind) && length >= SHORTEST_MS;
    return doing && this.left <= Math.min(AHEAD_MS, length / 2);
  }

  /** What comes next, without a stretch that was dropped. */
  get upcoming() {
    const ahead = this.phases.slice(this.index + 1).find(({ kind }) => kind === "rest" || SEEK_TARGETS.includes(kind));
    if (!ahead || ahead.length) return this.phase.next;
    return this.phases.findLast(({ number }) => number === ahead.number).next;
  }

  /** Whether this stretch and the one before it hurt: a reason to end and rest. */
  get twoHurt() {
    const before = this.phases.find((phase) => phase.number && phase.number === this.phase.number - 1);
    return Boolean(before && this.painful.has(before.figure) && this.painful.has(this.phase.figure));
  }

  /** Go on to this reading of the clock and return the cues since the last one. */
  tick(now) {
    const gap = this.clock === null ? 0 : now - this.clock;
    this.clock = now;
    if (!this.running || gap < 0) return [];
    if (gap > GAP_MS) {
      [this.paused, this.away] = [true, gap];
      return [];
    }
    const first = this.index;
    this.position = Math.min(this.position + gap, this.length);
    const finished = this.position === this.length;
    for (const phase of this.phases.slice(first, this.index + finished)) {
      if (WORKING.includes(phase.kind) && phase.length) this.done.add(phase.number);
    }
    const cues = this.phases.slice(first, this.index + 1).flatMap(cuesOf);
    const due = cues.filter((cue) => this.cued < cue.at && cue.at <= this.position);
    this.cued = this.position;
    if (finished) this.ended = "finished";
    return due.sort((a, b) => a.at - b.at);
  }

  pause() { [this.paused, this.away] = [!this.paused, 0]; }

  seek(position) {
    [this.position, this.cued] = [position, position - 0.5];
    [this.paused, this.away, this.asking] = [false, 0, false];
    if (position >= this.length) this.ended = "finished";
  }

  seekNext(kinds) {
    const { figure, number } = this.phase;
    if (number && kinds !== WORKING && this.painful.has(figure)) { // What hurt and is left out does not come again.
      this.phases.forEach((phase, at) => phase.figure === figure && phase.number > number && this.shorten(at, 0));
    }
    this.seek(this.phases.slice(this.index + 1).find((phase) => kinds.includes(phase.kind))?.start ?? this.length);
  }

  next() { this.seekNext(["prepare", "switch", "rest"].includes(this.phase.kind) ? WORKING : SEEK_TARGETS); }

  /** Leave out the whole stretch, or this move. */
  leaveOut() { this.seekNext(SEEK_TARGETS.filter((kind) => kind !== "switch")); }

  back(again = AGAIN_MS) {
    const earlier = this.phases.slice(0, this.index + 1).filter((each) => each.length && SEEK_TARGETS.includes(each.kind));
    const [before, last] = earlier.slice(-2).map((phase) => phase.start);
    this.seek(last === undefined || this.position - last < again ? (before ?? 0) : last);
  }

  /** Take the easier way, and halve the rest of this hold or the next one of the stretch, in whole breaths. */
  easier() {
    const ahead = this.phases.findIndex((each, at) => at >= this.index && ["hold", "move"].includes(each.kind));
    const phase = this.phases[ahead];
    if (!this.phase.number || phase?.number !== this.phase.number) return;
    this.eased.add(phase.figure);
    const elapsed = Math.max(this.position - phase.start, 0);
    this.shorten(ahead, elapsed + Math.max((phase.length - elapsed) / 2, MIN_LEFT_MS));
  }

  /** Shorten a phase to this length, or to the end of the breath in which that is. */
  shorten(index, length) {
    const phase = this.phases[index];
    let end = 0;
    phase.breaths = phase.breaths.filter(([inhale, exhale]) => end < length && (end += inhale + exhale));
    this.lengths[index] = phase.length = Math.min(phase.length, Math.round(end || length));
    place(this.phases);
  }

  /** Stop what hurts: offer the easier way the first time, and leave the stretch out the second time. */
  hurts() {
    const { figure, number } = this.phase;
    const again = this.painful.has(figure);
    this.painful.add(figure);
    if (number && again && !this.twoHurt) return this.leaveOut();
    if (number) this.back(0);
    if (!again) this.easier();
    [this.asking, this.paused] = [true, false];
  }

  /** Go on after pain the easier way; after the second stretch in a row, rest. */
  accept() {
    const last = this.phases.at(-1);
    if (this.twoHurt) this.seek(last.kind === "settle" ? last.start : this.length);
    this.asking = false;
  }

  /** Return what to keep, so that a page that is loaded again goes on from here. */
  save() {
    const sets = Object.fromEntries(["eased", "painful", "done"].map((name) => [name, [...this[name]]]));
    return { position: Math.floor(this.position), lengths: this.lengths, ...sets };
  }
}
