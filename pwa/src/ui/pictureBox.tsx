/** One picture as large as the screen; arrows turn, plus and minus, two fingers or a double tap enlarge, Esc closes. */
import './pictureBox.css';
import { type ComponentChildren, Fragment } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon';
import { stepped, ZOOM_STEPS, zoomed } from './zoom';

/** What the one who draws the picture is told. */
export interface PictureProps {
  index: number;
  scale: number;
  onScale: (scale: number) => void;
}

export interface PictureBoxWords {
  zoomIn: string;
  zoomOut: string;
  close: string;
  previous: string;
  next: string;
  /** "第 1 / 3 张" of an index and a count. */
  place: (n: number, m: number) => string;
}

export interface PictureBoxProps {
  /** One a picture. */
  captions: readonly string[];
  start: number;
  words: PictureBoxWords;
  /** Draws the picture of an index, in a `ZoomStage`, or words in its place. */
  draw: (props: PictureProps) => ComponentChildren;
  onClose: () => void;
}

function Tool(props: {
  label: string;
  icon: 'close' | 'plus' | 'minus' | 'back' | 'next';
  off?: boolean;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      class="picbox-tool"
      aria-label={props.label}
      disabled={props.off === true}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}

const LARGEST = ZOOM_STEPS[ZOOM_STEPS.length - 1] as number;

export function PictureBox({ captions, start, words, draw, onClose }: PictureBoxProps) {
  const box = useRef<HTMLDialogElement>(null);
  const [index, setIndex] = useState(start);
  const [scale, setScale] = useState(1);
  const count = captions.length;
  useEffect(() => {
    box.current?.showModal();
  }, []);
  const turn = (step: number) => {
    setIndex((now) => stepped(now, step, count));
    setScale(1);
  };
  const zoom = (step: 1 | -1) => setScale((now) => zoomed(now, step));
  const keys: Record<string, () => void> = {
    ArrowRight: () => turn(1),
    ArrowLeft: () => turn(-1),
    '+': () => zoom(1),
    '=': () => zoom(1),
    '-': () => zoom(-1),
    '0': () => setScale(1),
    Escape: onClose,
  };
  const caption = captions[index];
  if (caption === undefined) return null;
  return (
    <dialog
      ref={box}
      class="picbox"
      aria-label={caption}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (!act || (scale > 1 && event.key.startsWith('Arrow'))) return;
        event.preventDefault();
        event.stopPropagation();
        act();
      }}
    >
      <div class="picbox-bar">
        <span aria-live="polite">
          {caption}
          <span class="num nowrap"> {words.place(index + 1, count)}</span>
        </span>
        <Tool icon="minus" label={words.zoomOut} off={scale <= 1} onClick={() => zoom(-1)} />
        <Tool icon="plus" label={words.zoomIn} off={scale >= LARGEST} onClick={() => zoom(1)} />
        <Tool icon="close" label={words.close} onClick={onClose} />
      </div>
      <Fragment key={index}>{draw({ index, scale, onScale: setScale })}</Fragment>
      {count > 1 && (
        <div class="picbox-bar picbox-turn">
          <Tool icon="back" label={words.previous} off={index === 0} onClick={() => turn(-1)} />
          <Tool icon="next" label={words.next} off={index === count - 1} onClick={() => turn(1)} />
        </div>
      )}
    </dialog>
  );
}
