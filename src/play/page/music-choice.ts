import { countOf } from '../../platform/format-number.js';
import type { GivenFile, NamedPiece } from '../given-music.js';
import type { MusicSummary } from '../messages.js';
import { byId, make } from './dom.js';
import { chosenFiles, droppedFiles, type Given, readGiven } from './given-files.js';
import type { WorkerClient } from './worker-client.js';

export interface MusicEvents {
  /** Other music is to be trained on. @param isOwn whether the user gave it */
  onMusic(music: MusicSummary, isOwn: boolean): void;
  /** Music that the user gave before is no more to be had. */
  onReplaced(music: MusicSummary): void;
  /** Files too few to train on, which a piece can begin with. */
  onPieces(pieces: readonly NamedPiece[]): void;
}

/** The music that is embedded, and what the user gives beside it. @returns once the embedded music is read */
export async function startMusicChoice(
  worker: WorkerClient,
  embedded: { readonly name: string; readonly files: readonly GivenFile[] },
  events: MusicEvents,
): Promise<void> {
  const first = await worker.ask('read', embedded);
  const demo = (first as { music: MusicSummary }).music;
  let own: MusicSummary | undefined;

  const use = (music: MusicSummary) => {
    showChoice(own ? [demo, own] : [], music, use);
    showMusic(music);
    showRemarks(music.remarks);
    events.onMusic(music, music === own);
  };
  const give = async (giving: Given | Promise<Given>) => {
    tell('Reading …', true);
    try {
      const answer = await worker.ask('read', await readGiven(await giving));
      if ('pieces' in answer) {
        const are = answer.pieces.length === 1 ? '1 piece is' : `${answer.pieces.length} pieces are`;
        tell(
          `${are} too little to train on: the music stays as it is. But a model can go on from there; see Listen.`,
          true,
        );
        showRemarks(answer.remarks);
        events.onPieces(answer.pieces);
        return;
      }
      if (own) events.onReplaced(own);
      own = answer.music;
      tell('');
      use(own);
    } catch (error) {
      tell((error as Error).message);
    } finally {
      // Files may be dropped wherever the page is scrolled to.
      byId('music').scrollIntoView({ block: 'center' });
    }
  };

  listenForFiles(give);
  use(demo);
}

/** @param isGood whether it is no trouble after all */
function tell(line: string, isGood = false): void {
  byId('music-trouble').textContent = line;
  byId('music-trouble').classList.toggle('good', isGood);
}

function listenForFiles(give: (given: Given | Promise<Given>) => void): void {
  for (const id of ['files', 'folder']) {
    const input = byId<HTMLInputElement>(id);
    input.addEventListener('change', () => {
      if (input.files && input.files.length > 0) give(chosenFiles(input.files));
      // The same files may be chosen again, when they have changed.
      input.value = '';
    });
  }
  // A phone has no folders to choose from.
  if (!('webkitdirectory' in HTMLInputElement.prototype) || matchMedia('(pointer: coarse)').matches)
    byId('folder').parentElement?.remove();

  const veil = byId('drop-here');
  const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  document.addEventListener('drop', (event) => {
    if (!event.dataTransfer || !hasFiles(event)) return;
    event.preventDefault();
    veil.hidden = true;
    give(droppedFiles(event.dataTransfer));
  });
}

function showChoice(
  musics: readonly MusicSummary[],
  chosen: MusicSummary,
  use: (music: MusicSummary) => void,
): void {
  const options = musics.map((music) => {
    const input = make('input', { type: 'radio', name: 'music', value: music.id, checked: music === chosen });
    input.addEventListener('change', () => use(music));
    return make('label', {}, input, make('span', {}, music.name));
  });
  byId('musics').replaceChildren(...options);
}

function showMusic({ name, sequences: { train, valid, test }, framesAnEpoch, split }: MusicSummary): void {
  byId('music-text').textContent =
    `${name}: ${countOf(train)} ${train === 1 ? 'piece' : 'pieces'} to train on, ${countOf(valid)} for validation, ${countOf(test)} for the test, split ${split}; ${countOf(framesAnEpoch)} frames an epoch.`;
}

function showRemarks(remarks: readonly string[]): void {
  const details = byId<HTMLDetailsElement>('remarks');
  details.hidden = remarks.length === 0;
  const summary = details.querySelector('summary') as HTMLElement;
  summary.textContent = `Left out and noted: ${remarks.length} ${remarks.length === 1 ? 'remark' : 'remarks'}`;
  details.querySelector('ul')?.replaceChildren(...remarks.map((line) => make('li', {}, line)));
}
