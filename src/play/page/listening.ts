import { midiOfRoll } from '../../data/formats/write-midi.js';
import { firstFrames } from '../../data/piano-roll.js';
import type { PianoRoll } from '../../data/sequence.js';
import { countOf } from '../../platform/format-number.js';
import type { NamedPiece } from '../given-music.js';
import type { MusicSummary } from '../messages.js';
import { byId, download, make } from './dom.js';
import { Player } from './player.js';
import { type KeyRange, keyRange } from './roll-picture.js';
import type { ShownRun } from './runs.js';
import type { WorkerClient } from './worker-client.js';

/** What of a longer piece is shown and played. */
const MOST_FRAMES = 256;
const FEWEST_DRAWN_FRAMES = 96;
/** Milliseconds between two pieces that are drawn while a run trains, and how many times longer than a draw itself. */
const DRAW_INTERVAL = 1000;
const SHARE_OF_DRAWING = 10;

const pieceChoice = byId<HTMLSelectElement>('piece');
const given = byId<HTMLSelectElement>('given');
const temperature = byId<HTMLInputElement>('temperature');
const another = byId<HTMLButtonElement>('another');
const save = byId<HTMLButtonElement>('save-piece');
const drawnText = byId('drawn-text');
const drawnPlace = byId('drawn');
const nothingDrawn = [...drawnPlace.childNodes];

/** A piece that a run made up. */
interface DrawnPiece {
  readonly roll: PianoRoll;
  readonly text: string;
}

/** A real piece, and what a run makes of its beginning. */
export class Listening {
  private readonly real = new Player(byId('real'), 'the real piece');
  private player: Player | undefined;
  private music: MusicSummary | undefined;
  private ownPieces: readonly NamedPiece[] = [];
  /** What is shown of the real piece. */
  private shown: PianoRoll | undefined;
  private run: ShownRun | undefined;
  private drawn: DrawnPiece | undefined;
  private seed = 1;
  private isDrawing = false;
  /** Whether what is being drawn is out of date. */
  private isStale = false;
  /** When a run that trains is drawn from again. */
  private nextDraw = 0;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly worker: WorkerClient) {
    pieceChoice.addEventListener('change', () => this.showPiece());
    given.addEventListener('change', () => void this.draw());
    temperature.addEventListener('input', () => {
      byId('temperature-text').textContent = Number(temperature.value).toFixed(2);
      void this.draw();
    });
    another.addEventListener('click', () => {
      this.seed++;
      void this.draw();
    });
    save.addEventListener('click', () => this.save());
  }

  /** Its test pieces are the real ones. */
  useMusic(music: MusicSummary): void {
    this.music = music;
    this.showChoice(this.ownPieces.length);
  }

  /** Pieces of the user's, to begin from as well. */
  usePieces(pieces: readonly NamedPiece[]): void {
    this.ownPieces = pieces;
    this.showChoice(0);
  }

  /** Draws from a run, or from none. */
  hear(run: ShownRun | undefined): void {
    if (run === this.run) return;
    this.run = run;
    if (run?.best) void this.draw();
    else this.showNothing();
  }

  /** The run that is heard has better parameters: another piece is drawn, unless one is being listened to. */
  improved(): void {
    if (this.player?.isPlaying) {
      drawnText.textContent = `${this.drawn?.text} The run has learned since: draw another.`;
      return;
    }
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => void this.draw(), Math.max(0, this.nextDraw - performance.now()));
  }

  private pieces(): NamedPiece[] {
    return [...this.ownPieces, ...(this.music?.test ?? [])];
  }

  /** The same for all pieces to choose from, so that they can be compared. */
  private range(...rolls: PianoRoll[]): KeyRange {
    return keyRange([...rolls, ...this.pieces().map(({ roll }) => roll)]);
  }

  /** @param chosen place among the pieces */
  private showChoice(chosen: number): void {
    const options = this.pieces().map(({ name }, i) =>
      make('option', { value: i, selected: i === chosen }, name.replace(/^.*\//, '')),
    );
    const group = (label: string, some: HTMLOptionElement[]) => make('optgroup', { label }, ...some);
    const own = this.ownPieces.length;
    pieceChoice.replaceChildren(
      ...(own > 0 ? [group('yours', options.slice(0, own))] : []),
      group(`test set of ${this.music?.name ?? ''}`, options.slice(own)),
    );
    this.showPiece();
  }

  private showPiece(): void {
    const piece = this.pieces()[Number(pieceChoice.value)];
    if (!piece) return;
    const { frames } = piece.roll;
    this.shown = firstFrames(piece.roll, MOST_FRAMES);
    this.real.show({ roll: this.shown, given: 0, label: `Piano-roll of ${piece.name}` }, this.range());
    byId('real-text').textContent =
      frames > MOST_FRAMES ? `The first ${MOST_FRAMES} of its ${countOf(frames)} frames.` : '';
    void this.draw();
  }

  /** Draws a piece; once more where something was changed meanwhile. */
  private async draw(): Promise<void> {
    if (this.isDrawing) {
      this.isStale = true;
      return;
    }
    this.isDrawing = true;
    do {
      this.isStale = false;
      const begin = performance.now();
      try {
        await this.drawOnce();
      } catch (error) {
        drawnText.textContent = (error as Error).message;
      }
      const now = performance.now();
      this.nextDraw = begin + Math.max(DRAW_INTERVAL, SHARE_OF_DRAWING * (now - begin));
    } while (this.isStale);
    this.isDrawing = false;
  }

  private async drawOnce(): Promise<void> {
    const { run, shown, seed } = this;
    if (!run?.best || !shown) return;
    const beginning = firstFrames(shown, Math.min(Number(given.value), shown.frames - 1));
    const length = Math.max(FEWEST_DRAWN_FRAMES, shown.frames) - beginning.frames;
    const options = { length, temperature: Number(temperature.value), seed };
    const { roll, epoch } = await this.worker.ask('draw', { run: run.id, beginning, options });
    if (run !== this.run) return;
    const text = `Drawn from ${run.title} after epoch ${epoch}, draw ${seed}; the grey notes are the real piece’s.`;
    this.drawn = { roll, text };
    this.player ??= new Player(drawnPlace, 'the drawn piece');
    drawnPlace.style.setProperty('--notes', `var(${run.colour})`);
    const label = `Piano-roll of a piece drawn from ${run.title} after epoch ${epoch}`;
    this.player.show({ roll, given: beginning.frames, label }, this.range(roll));
    drawnText.textContent = text;
    another.disabled = false;
    save.disabled = false;
  }

  private showNothing(): void {
    this.player?.pause();
    this.player = undefined;
    this.drawn = undefined;
    drawnPlace.replaceChildren(...nothingDrawn);
    drawnText.textContent = '';
    another.disabled = true;
    save.disabled = true;
  }

  private save(): void {
    if (!this.drawn || !this.run) return;
    const midi = new Uint8Array(midiOfRoll(this.drawn.roll));
    download(`${this.run.fields.unit}-draw-${this.seed}.mid`, midi, 'audio/midi');
  }
}
