import type { Environment } from '@tessera/runtime';
import sharp from 'sharp';

/** Something drawn on the terminal: text that leaves the cursor at the start of the line below it. */
export interface Drawing {
  readonly text: string;
  readonly lines: number;
}

/** Draws an encoded image, at most so many character cells wide. */
export type ImagePainter = (image: Uint8Array, columns: number) => Promise<Drawing>;

export const PREVIEW_MODES = ['auto', 'blocks', 'off'] as const;
export type PreviewMode = (typeof PREVIEW_MODES)[number];

/** A character cell is about twice as high as wide. */
const ROWS_PER_COLUMN = 0.5;

/** The best painter that the terminal is known to understand; none when previews are off. */
export function painterFor(mode: PreviewMode, environment: Environment): ImagePainter | undefined {
  if (mode === 'off') return undefined;
  if (mode === 'auto') {
    if (isKitty(environment)) return paintKitty;
    if (isITerm2(environment)) return paintITerm2;
  }
  return (image, columns) => paintHalfBlocks(image, columns, hasTruecolor(environment));
}

function isKitty({ TERM, TERM_PROGRAM, KITTY_WINDOW_ID, TMUX }: Environment): boolean {
  if (TMUX !== undefined) return false;
  return TERM === 'xterm-kitty' || KITTY_WINDOW_ID !== undefined || TERM_PROGRAM === 'ghostty';
}

function isITerm2({ TERM_PROGRAM, LC_TERMINAL, TMUX }: Environment): boolean {
  if (TMUX !== undefined) return false;
  return TERM_PROGRAM === 'iTerm.app' || TERM_PROGRAM === 'WezTerm' || LC_TERMINAL === 'iTerm2';
}

function hasTruecolor({ COLORTERM }: Environment): boolean {
  return COLORTERM === 'truecolor' || COLORTERM === '24bit';
}

async function cellsOf(image: Uint8Array, columns: number): Promise<{ columns: number; rows: number }> {
  const { width, height } = await sharp(image).metadata();
  return { columns, rows: Math.max(1, Math.round((columns * ROWS_PER_COLUMN * height) / width)) };
}

const KITTY_IMAGE_ID = 8470;
const KITTY_PART_LENGTH = 4096;

/** https://sw.kovidgoyal.net/kitty/graphics-protocol: one image id, so that each preview takes the place of the last. */
async function paintKitty(image: Uint8Array, columns: number): Promise<Drawing> {
  const { rows } = await cellsOf(image, columns);
  const png = await sharp(image).png().toBuffer();
  const base64 = png.toString('base64');
  const parts = base64.match(new RegExp(`.{1,${KITTY_PART_LENGTH}}`, 'g')) ?? [];
  const commands = parts.map((part, index) => {
    const more = index < parts.length - 1 ? 1 : 0;
    const head = index === 0 ? `a=T,f=100,i=${KITTY_IMAGE_ID},p=1,q=2,C=1,c=${columns},r=${rows},` : '';
    return `\x1b_G${head}m=${more};${part}\x1b\\`;
  });
  return { text: `${commands.join('')}${'\n'.repeat(rows)}`, lines: rows };
}

/** https://iterm2.com/documentation-images.html */
async function paintITerm2(image: Uint8Array, columns: number): Promise<Drawing> {
  const { rows } = await cellsOf(image, columns);
  const base64 = Buffer.from(image).toString('base64');
  const head = `inline=1;size=${image.length};width=${columns};height=${rows};preserveAspectRatio=1`;
  return { text: `\x1b]1337;File=${head}:${base64}\x07\n`, lines: rows };
}

/** Two pixels a cell: ▀ in the upper one's colour on the lower one's. */
async function paintHalfBlocks(image: Uint8Array, columns: number, truecolor: boolean): Promise<Drawing> {
  const { rows } = await cellsOf(image, columns);
  const pixels = await sharp(image)
    .removeAlpha()
    .toColourspace('srgb')
    .resize(columns, rows * 2, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  const colour = (x: number, y: number) => {
    const [r = 0, g = 0, b = 0] = pixels.subarray((y * columns + x) * 3);
    return truecolor ? `2;${r};${g};${b}` : `5;${paletteIndex(r, g, b)}`;
  };
  const lines = Array.from({ length: rows }, (_row, row) => {
    const cells = Array.from(
      { length: columns },
      (_cell, x) => `\x1b[38;${colour(x, 2 * row)};48;${colour(x, 2 * row + 1)}m▀`,
    );
    return `${cells.join('')}\x1b[0m\n`;
  });
  return { text: lines.join(''), lines: rows };
}

/** The 6 × 6 × 6 cube of the 256-colour palette. */
function paletteIndex(r: number, g: number, b: number): number {
  const level = (value: number) => Math.round((value / 255) * 5);
  return 16 + 36 * level(r) + 6 * level(g) + level(b);
}
