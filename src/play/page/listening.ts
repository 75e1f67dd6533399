import { firstFrames } from '../../data/piano-roll.js';
import type { PianoRoll } from '../../data/sequence.js';
import { midiOfRoll } from '../../data/formats/write-midi.js';
import { countOf } from '../../platform/format-number.js';
import type { MusicSummary, NamedPiece } from '../messages.js';
import { byId, download, make } from './dom.js';
import { makePlayer, type Player } from './player.js';
import { keyRange } from './roll-picture.js';
import type { ShownRun } from './runs.js';
import type { WorkerClient } from './worker-client.js';

/** What of a longer piece is shown and played. */
const MOST_FRAMES = 256;
const FEWEST_DRAWN_FRAMES = 96;
/** Milliseconds between two pieces that are drawn while a run trains. */
const DRAW_INTERVAL = 1000;

export interface Listening {
  /** Its test pieces are the real ones. */
  useMusic(music: MusicSummary): void;
  /** Pieces of the user's, to begin from as well. */
  usePieces(pieces: readonly NamedPiece[]): void;
  /** Draws from a run, or from none. */
  hear(run: ShownRun | undefined): void;
  /** The run that is heard has better parameters. */
  improved(): void;
}

export function startListening(worker: WorkerClient): Listening {
  const pieceChoice = byId<HTMLSelectElement>('piece');
  const given = byId<HTMLSelectElement>('given');
  const temperature = byId<HTMLInputElement>('temperature');
  const another = byId<HTMLButtonElement>('another');
  const save = byId<HTMLButtonElement>('save-piece');
  const nothingDrawn = [...byId('drawn').childNodes];
  const real = makePlayer(byId('real'), 'the real piece');
  let drawnPlayer: Player | undefined;
  let music: MusicSummary | undefined;
  let ownPieces: readonly NamedPiece[] = [];
  let shown: PianoRoll | undefined;
  let run: ShownRun | undefined;
  let drawn: PianoRoll | undefined;
  let drawnText = '';
  let seed = 1;
  let isDrawing = false;
  /** Whether what is being drawn is out of date. */
  let isStale = false;
  let lastDrawn = Number.NEGATIVE_INFINITY;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const pieces = () => [...ownPieces, ...(music?.test ?? [])];
  const range = (rolls: readonly PianoRoll[]) => keyRange([...rolls, ...pieces().map(({ roll }) => roll)]);

  const showPiece = () => {
    const piece = pieces()[Number(pieceChoice.value)];
    if (!piece) return;
    shown = firstFrames(piece.roll, MOST_FRAMES);
    real.show({ roll: shown, given: 0, label: `Piano-roll of ${piece.name}` }, range([]));
    byId('real-text').textContent =
      piece.roll.frames > MOST_FRAMES
        ? `The first ${MOST_FRAMES} of its ${countOf(piece.roll.frames)} frames.`
        : '';
    void draw();
  };
  const showChoice = (chosen: number) => {
    const option = ({ name }: NamedPiece, i: number) =>
      make('option', { value: i, selected: i === chosen }, name.replace(/^.*\//, ''));
    const all = pieces().map(option);
    const group = (label: string, options: HTMLOptionElement[]) => make('optgroup', { label }, ...options);
    pieceChoice.replaceChildren(
      ...(ownPieces.length > 0 ? [group('yours', all.slice(0, ownPieces.length))] : []),
      group(`test set of ${music?.name ?? ''}`, all.slice(ownPieces.length)),
    );
    showPiece();
  };

  const draw = async (): Promise<void> => {
    if (!run?.best || !shown) return;
    if (isDrawing) {
      isStale = true;
      return;
    }
    isDrawing = true;
    isStale = false;
    lastDrawn = performance.now();
    const from = run;
    const beginning = firstFrames(shown, Math.min(Number(given.value), shown.frames - 1));
    const length = Math.max(FEWEST_DRAWN_FRAMES, shown.frames) - beginning.frames;
    const options = { length, temperature: Number(temperature.value), seed };
    try {
      const { roll, epoch } = await worker.ask('draw', { run: from.id, beginning, options });
      if (run === from) showDrawn(from, roll, epoch, beginning.frames);
    } catch (error) {
      byId('drawn-text').textContent = (error as Error).message;
    } finally {
      isDrawing = false;
    }
    if (isStale) await draw();
  };
  const showDrawn = ({ title, colour }: ShownRun, roll: PianoRoll, epoch: number, givenFrames: number) => {
    drawnPlayer ??= makePlayer(byId('drawn'), 'the drawn piece');
    drawn = roll;
    byId('drawn').style.setProperty('--notes', `var(${colour})`);
    const label = `Piano-roll of a piece drawn from ${title} after epoch ${epoch}`;
    drawnPlayer.show({ roll, given: givenFrames, label }, range([roll]));
    drawnText = `Drawn from ${title} after epoch ${epoch}, draw ${seed}; the grey notes are the real piece’s.`;
    byId('drawn-text').textContent = drawnText;
    another.disabled = false;
    save.disabled = false;
  };
  const showNothing = () => {
    byId('drawn').replaceChildren(...nothingDrawn);
    byId('drawn-text').textContent = '';
    drawnPlayer = undefined;
    drawn = undefined;
    another.disabled = true;
    save.disabled = true;
  };

  pieceChoice.addEventListener('change', showPiece);
  given.addEventListener('change', () => void draw());
  temperature.addEventListener('input', () => {
    byId('temperature-text').textContent = Number(temperature.value).toFixed(2);
    void draw();
  });
  another.addEventListener('click', () => {
    seed++;
    void draw();
  });
  save.addEventListener('click', () => {
    if (drawn && run)
      download(`${run.fields.unit}-draw-${seed}.mid`, new Uint8Array(midiOfRoll(drawn)), 'audio/midi');
  });

  return {
    useMusic(used) {
      music = used;
      showChoice(ownPieces.length);
    },
    usePieces(used) {
      ownPieces = used;
      showChoice(0);
    },
    hear(heard) {
      if (heard === run) return;
      run = heard;
      if (run?.best) void draw();
      else showNothing();
    },
    improved() {
      if (drawnPlayer?.isPlaying) {
        // It is listened to, and stays.
        byId('drawn-text').textContent = `${drawnText} The run has learned since: draw another.`;
        return;
      }
      clearTimeout(waiting);
      waiting = setTimeout(() => void draw(), Math.max(0, lastDrawn + DRAW_INTERVAL - performance.now()));
    },
  };
}
