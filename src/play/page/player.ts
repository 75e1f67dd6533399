import { type KeySpan, spansOfRoll } from '../../data/piano-roll.js';
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

/**
 * Notes are handed to the audio thread so long before they sound, seconds: timers of a page that is not looked at come
 * once a second.
 */
const AHEAD = 1.5;
const TIMER_MILLISECONDS = 100;
const BEFORE_FIRST_NOTE = 0.06;

/** Begun when a first piece is played, as browsers let no page sound before it is touched. */
let context: AudioContext | undefined;
let playing: Player | undefined;

/** What goes on while a piece plays. */
interface Sounding {
  readonly synth: Synth;
  readonly timer: ReturnType<typeof setInterval>;
  /** The context's time at frame 0. */
  readonly zero: number;
  /** Place of the first note that is not handed over yet. */
  next: number;
}

/** A piano-roll that can be played: its picture, a cursor, a button, a slider for the place in the piece, its time. */
export class Player {
  private readonly cursor = make('div', { class: 'cursor', hidden: true });
  private readonly picture = make('div', { class: 'picture' });
  private readonly button = make('button', { type: 'button', class: 'play', disabled: true });
  private readonly slider: HTMLInputElement;
  private readonly time = make('span', { class: 'time' });
  /** In the order in which they begin. */
  private notes: readonly KeySpan[] = [];
  private frames = 0;
  /** Where it stands, in frames. */
  private at = 0;
  private sounding: Sounding | undefined;

  /** @param name what is played, for those who do not see it */
  constructor(
    place: HTMLElement,
    private readonly name: string,
  ) {
    this.slider = make('input', { type: 'range', min: 0, step: 1, 'aria-label': `Place in ${name}` });
    const transport = make('div', { class: 'transport' }, this.button, this.slider, this.time);
    place.replaceChildren(this.picture, transport);
    this.button.addEventListener('click', () => (this.isPlaying ? this.pause() : this.play()));
    this.slider.addEventListener('input', () => this.goTo(Number(this.slider.value)));
    this.picture.addEventListener('click', (event) => {
      const { left, width } = this.picture.getBoundingClientRect();
      this.goTo(Math.floor(((event.clientX - left) / width) * this.frames));
    });
    this.showButton();
  }

  get isPlaying(): boolean {
    return this.sounding !== undefined;
  }

  /** Shows another roll, at its beginning; one that plays ends. */
  show({ roll, label, given }: ShownRoll, range: KeyRange): void {
    this.pause();
    this.at = 0;
    this.frames = roll.frames;
    this.notes = spansOfRoll(roll);
    const octaves = octaveNames(range).map(({ name, place }) =>
      make('span', { class: 'octave-name', style: `top:${100 * place}%`, 'aria-hidden': 'true' }, name),
    );
    this.picture.replaceChildren(rollPicture(roll, range, given, label), ...octaves, this.cursor);
    this.slider.max = String(this.frames);
    this.button.disabled = false;
    this.showPlace();
  }

  pause(): void {
    if (!this.sounding) return;
    clearInterval(this.sounding.timer);
    this.sounding.synth.silence();
    this.sounding = undefined;
    this.showButton();
    this.showPlace();
  }

  private play(): void {
    if (playing !== this) playing?.pause();
    playing = this;
    this.begin().catch(() => {
      this.time.textContent = 'no sound is to be had here';
    });
  }

  private async begin(): Promise<void> {
    context ??= new AudioContext();
    await context.resume();
    this.pause();
    if (this.at >= this.frames) this.at = 0;
    const next = this.notes.findIndex(({ from }) => from >= Math.floor(this.at));
    this.sounding = {
      synth: startSynth(context),
      timer: setInterval(() => this.handOver(), TIMER_MILLISECONDS),
      zero: context.currentTime + BEFORE_FIRST_NOTE - this.at * SECONDS_A_MUSIC_FRAME,
      next: next < 0 ? this.notes.length : next,
    };
    this.handOver();
    this.showButton();
    requestAnimationFrame(() => this.follow());
  }

  /** Hands the notes that come soon to the synth. */
  private handOver(): void {
    if (!this.sounding || !context) return;
    const { synth, zero } = this.sounding;
    const until = context.currentTime + AHEAD;
    for (; this.sounding.next < this.notes.length; this.sounding.next++) {
      const { key, from, until: end } = this.notes[this.sounding.next];
      const start = zero + from * SECONDS_A_MUSIC_FRAME;
      if (start > until) return;
      synth.note(LOWEST_NOTE + key, start, (end - from) * SECONDS_A_MUSIC_FRAME);
    }
  }

  /** Moves the cursor to what is heard, from one picture of the screen to the next. */
  private follow(): void {
    if (!this.sounding || !context) return;
    const heard = context.currentTime - (context.outputLatency || 0);
    this.at = Math.max(0, (heard - this.sounding.zero) / SECONDS_A_MUSIC_FRAME);
    if (this.at >= this.frames) {
      this.at = 0;
      this.pause();
      return;
    }
    this.showPlace();
    requestAnimationFrame(() => this.follow());
  }

  private goTo(frame: number): void {
    const wasPlaying = this.isPlaying;
    this.pause();
    this.at = Math.max(0, Math.min(this.frames, frame));
    this.showPlace();
    if (wasPlaying) this.play();
  }

  private showPlace(): void {
    const at = Math.min(isStill() ? Math.floor(this.at) : this.at, this.frames);
    this.cursor.hidden = at === 0 && !this.isPlaying;
    this.cursor.style.left = `${this.frames > 0 ? (100 * at) / this.frames : 0}%`;
    this.slider.value = String(Math.floor(at));
    const text = [at, this.frames].map((frames) => clock(frames * SECONDS_A_MUSIC_FRAME)).join(' / ');
    this.time.textContent = text;
    this.slider.setAttribute('aria-valuetext', text);
  }

  private showButton(): void {
    const what = this.isPlaying ? 'Pause' : 'Play';
    this.button.textContent = what;
    this.button.setAttribute('aria-label', `${what} ${this.name}`);
    this.button.classList.toggle('is-playing', this.isPlaying);
  }
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
