import type { WriteStream } from 'node:tty';
import type { ImagePainter } from './terminal-images.js';

const PREVIEW_COLUMNS = 40;

/** The preview and, below it, one line of progress, redrawn in place. */
export class TerminalDisplay {
  readonly #stream: WriteStream;
  readonly #painter: ImagePainter | undefined;
  #line = '';
  #picture = '';
  #pictureLines = 0;
  #drawnLines = 0;
  #drawn = false;

  constructor(stream: WriteStream, painter: ImagePainter | undefined) {
    this.#stream = stream;
    this.#painter = painter;
  }

  showLine(line: string): void {
    this.#line = line;
    this.#redraw();
  }

  async showImage(image: Uint8Array): Promise<void> {
    if (this.#painter === undefined) return;
    const columns = Math.max(2, Math.min(PREVIEW_COLUMNS, this.#stream.columns - 1));
    const drawing = await this.#painter(image, columns);
    this.#picture = drawing.text;
    this.#pictureLines = drawing.lines;
    this.#redraw();
  }

  #redraw(): void {
    const up = this.#drawnLines > 0 ? `\x1b[${this.#drawnLines}A` : '';
    const line = this.#line.slice(0, Math.max(0, this.#stream.columns - 1));
    this.#stream.write(`${this.#drawn ? `\r${up}\x1b[J` : ''}${this.#picture}${line}`);
    this.#drawnLines = this.#pictureLines;
    this.#drawn = true;
  }

  /** Leaves the picture, takes the line away, and gives the terminal back. */
  close(): void {
    if (this.#drawn) this.#stream.write('\r\x1b[K');
    this.#drawn = false;
  }
}
