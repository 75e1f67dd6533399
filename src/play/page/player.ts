import { spansOfRoll } from '../../data/piano-roll.js';
import { LOWEST_NOTE, type PianoRoll } from '../../data/sequence.js';
import { SECONDS_A_MUSIC_FRAME } from '../../sampling/draw-piece.js';
import { make } from './dom.js';
import { type KeyRange, octaveNames, rollPicture } from './roll-picture.js';
import { type Synth, startSynth } from './synth.js';

/** What a player shows. */
export interface ShownRoll {
  readonly roll: PianoRoll;
  /** For those who do not see it. */
  readonly label: string;
  /** Frames at the beginning that are not the model's; 0 for a piece that is all one. */
  readonly given: number;
}

/** A piano-roll that can be played. */
export interface Player {
  /** Shows another roll, at its beginning; one that plays ends. */
  show(shown: ShownRoll, range: KeyRange): void;
  readonly isPlaying: boolean;
}

/**
 * Notes are handed to the audio thread so long before they sound, seconds: timers of a page that is not looked at come
 * once a second.
 */
const AHEAD = 1.5;
const TIMER_MILLISECONDS = 100;
const BEFORE_FIRST_NOTE = 0.06;

let context: AudioContext | undefined;
/** Pauses the player that plays. */
let pauseOther = () => {};

/** @param place gets the picture, a cursor, a button, a slider for the place in the piece, and its time */
export function makePlayer(place: HTMLElement, name: string): Player {
  const cursor = make('div', { class: 'cursor', hidden: true });
  const picture = make('div', { class: 'picture' });
  const button = make('button', { type: 'button', class: 'play', disabled: true });
  const slider = make('input', { type: 'range', min: 0, step: 1, 'aria-label': `Place in ${name}` });
  const time = make('span', { class: 'time' });
  place.replaceChildren(picture, make('div', { class: 'transport' }, button, slider, time));

  let notes: ReturnType<typeof spansOfRoll> = [];
  let frames = 0;
  /** Where it stands, in frames. */
  let at = 0;
  let playing:
    | { synth: Synth; timer: ReturnType<typeof setInterval>; zero: number; next: number }
    | undefined;

  const showPlace = () => {
    const shown = Math.min(isStill() ? Math.floor(at) : at, frames);
    cursor.hidden = shown === 0 && !playing;
    cursor.style.left = `${frames > 0 ? (100 * shown) / frames : 0}%`;
    slider.value = String(Math.floor(shown));
    const text = `${clock(shown * SECONDS_A_MUSIC_FRAME)} / ${clock(frames * SECONDS_A_MUSIC_FRAME)}`;
    time.textContent = text;
    slider.setAttribute('aria-valuetext', text);
  };
  const showButton = () => {
    button.textContent = playing ? 'Pause' : 'Play';
    button.setAttribute('aria-label', `${playing ? 'Pause' : 'Play'} ${name}`);
    button.classList.toggle('is-playing', playing !== undefined);
  };
  const pause = () => {
    if (!playing) return;
    clearInterval(playing.timer);
    playing.synth.silence();
    playing = undefined;
    showButton();
    showPlace();
  };
  /** The context's time at frame 0 is `zero`. */
  const hand = () => {
    if (!playing || !context) return;
    const until = context.currentTime + AHEAD;
    for (; playing.next < notes.length; playing.next++) {
      const { key, from, until: end } = notes[playing.next];
      const start = playing.zero + from * SECONDS_A_MUSIC_FRAME;
      if (start > until) break;
      playing.synth.note(LOWEST_NOTE + key, start, (end - from) * SECONDS_A_MUSIC_FRAME);
    }
  };
  const follow = () => {
    if (!playing || !context) return;
    const heard = context.currentTime - (context.outputLatency || 0);
    at = Math.max(0, (heard - playing.zero) / SECONDS_A_MUSIC_FRAME);
    if (at >= frames) {
      at = 0;
      return pause();
    }
    showPlace();
    requestAnimationFrame(follow);
  };
  const play = async () => {
    pauseOther();
    pauseOther = pause;
    context ??= new AudioContext();
    await context.resume();
    pause();
    if (at >= frames) at = 0;
    const zero = context.currentTime + BEFORE_FIRST_NOTE - at * SECONDS_A_MUSIC_FRAME;
    const next = notes.findIndex(({ from }) => from >= Math.floor(at));
    playing = {
      synth: startSynth(context),
      timer: setInterval(hand, TIMER_MILLISECONDS),
      zero,
      next: next < 0 ? notes.length : next,
    };
    hand();
    showButton();
    requestAnimationFrame(follow);
  };
  const goTo = (frame: number) => {
    const wasPlaying = playing !== undefined;
    pause();
    at = Math.max(0, Math.min(frames, frame));
    showPlace();
    if (wasPlaying) void play();
  };

  button.addEventListener('click', () => (playing ? pause() : void play()));
  slider.addEventListener('input', () => goTo(Number(slider.value)));
  picture.addEventListener('click', (event) => {
    const { left, width } = picture.getBoundingClientRect();
    goTo(Math.floor(((event.clientX - left) / width) * frames));
  });
  showButton();

  return {
    get isPlaying() {
      return playing !== undefined;
    },
    show({ roll, label, given }, range) {
      pause();
      at = 0;
      frames = roll.frames;
      notes = spansOfRoll(roll).sort((a, b) => a.from - b.from);
      const octaves = octaveNames(range).map(({ name: octave, place: top }) =>
        make('span', { class: 'octave-name', style: `top:${100 * top}%`, 'aria-hidden': 'true' }, octave),
      );
      picture.replaceChildren(rollPicture(roll, range, given, label), ...octaves, cursor);
      slider.max = String(frames);
      button.disabled = false;
      showPlace();
    },
  };
}

/** Whether the user wants little to move: the cursor then goes from frame to frame. */
function isStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** 1:05. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
