/** Every answer by section. What nobody asked says so and can be commented on like an answer. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Notes, VisitDetail } from '../core/api/types';
import { t } from '../core/i18n';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import type { Checklist } from './checklist';
import { type AnswerRow, type AnswerSection, answerSections } from './rows';

/** What the reviewer does on answers; without it the list is only read. */
export interface Commenting {
  /** Comments of the decision being written, by question. */
  texts: Readonly<Record<string, string>>;
  /** False while a decision is on its way: what was written is shown and cannot change. */
  writable: boolean;
  onInput: (question: string, text: string) => void;
}

interface RowProps {
  row: AnswerRow;
  note: string | undefined;
  earlier: string | undefined;
  /** The visitor took the last visit's answer over by a tap. */
  same: boolean;
  commenting: Commenting | undefined;
}

function Remark({ icon, children }: { icon: 'edit' | 'info'; children: ComponentChildren }) {
  return (
    <p class={`rec-remark rec-remark-${icon}`}>
      <Icon name={icon} size={16} />
      <span>{children}</span>
    </p>
  );
}

interface EditorProps {
  label: string;
  text: string;
  onInput: (text: string) => void;
  onClose: () => void;
}

/** The comment right under the answer it is about. */
function Editor({ label, text, onInput, onClose }: EditorProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div class="rec-editor">
      <textarea
        ref={box}
        class="rec-editor-text"
        rows={2}
        maxLength={500}
        aria-label={label}
        placeholder={t('record.commentHint')}
        value={text}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
        }}
      />
      <Button kind="quiet" onClick={onClose}>
        {t('record.commentDone')}
      </Button>
    </div>
  );
}

function Row({ row, note, earlier, same, commenting }: RowProps) {
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const mine = commenting?.texts[row.question];
  const label = t('record.commentOn', { label: row.label });
  const close = () => {
    setEditing(false);
    button.current?.focus();
  };
  return (
    <li class="rec-answer">
      <div class="rec-answer-line">
        <span class="rec-answer-q">
          {row.label}
          {row.observer && <small>{t('record.observer')}</small>}
          {same && <small>{t('record.takenOver')}</small>}
        </span>
        <span class={row.shown.asked ? 'rec-answer-a' : 'rec-answer-a rec-not-asked'}>{row.shown.text}</span>
        {commenting?.writable && (
          <button
            ref={button}
            type="button"
            class="rec-comment"
            aria-label={label}
            title={t('record.comment')}
            aria-expanded={editing}
            onClick={() => setEditing(!editing)}
          >
            <Icon name="edit" size={20} />
          </button>
        )}
      </div>
      {note && <Remark icon="info">{t('record.visitorNote', { text: note })}</Remark>}
      {earlier && <Remark icon="info">{t('record.earlierComment', { text: earlier })}</Remark>}
      {editing && commenting?.writable ? (
        <Editor
          label={label}
          text={mine ?? ''}
          onInput={(text) => commenting.onInput(row.question, text)}
          onClose={close}
        />
      ) : (
        mine && <Remark icon="edit">{t('record.myComment', { text: mine })}</Remark>
      )}
    </li>
  );
}

interface SectionProps {
  section: AnswerSection;
  notes: Notes;
  earlier: Readonly<Record<string, string>>;
  same: Readonly<Record<string, string>>;
  commenting: Commenting | undefined;
}

function Section({ section, notes, earlier, same, commenting }: SectionProps) {
  const draw = (row: AnswerRow) => (
    <Row
      key={row.key}
      row={row}
      note={notes[row.question]}
      earlier={earlier[row.question]}
      same={same[row.step] !== undefined}
      commenting={commenting}
    />
  );
  const asked = section.groups.length > 0;
  const n = section.notAsked.length;
  const notAsked = n > 0 && (
    <details class="rec-more">
      <summary>
        {asked ? t('record.notAskedCount', { n }) : t('record.sectionNotAsked', { title: section.title, n })}
      </summary>
      <ul class="rec-plain">{section.notAsked.map(draw)}</ul>
    </details>
  );
  if (!asked) return notAsked;
  return (
    <section class="rec-section">
      <h3>{section.title}</h3>
      {section.groups.map((group, index) => (
        <div key={`${group.who ?? ''}${index}`}>
          {group.who !== null && <h4>{group.who}</h4>}
          <ul class="rec-plain">{group.rows.map(draw)}</ul>
        </div>
      ))}
      {notAsked}
    </section>
  );
}

/** The newest comment of earlier reviews on each question. */
export function earlierComments(reviews: VisitDetail['reviews']): Record<string, string> {
  const oldestFirst = [...reviews].sort((a, b) => a.created_at.localeCompare(b.created_at));
  return Object.fromEntries(oldestFirst.flatMap((one) => one.comments.map((c) => [c.question, c.text])));
}

export interface AnswerListProps {
  visit: VisitDetail;
  checklist: Checklist;
  commenting?: Commenting | undefined;
}

export function AnswerList({ visit, checklist, commenting }: AnswerListProps) {
  const earlier = earlierComments(visit.reviews);
  const sections = answerSections(checklist, visit.answers, visit.household.members);
  const asked = sections.filter((section) => section.groups.length > 0);
  const others = sections.filter((section) => section.groups.length === 0);
  return (
    <div class="rec-answers">
      {[...asked, ...others].map((section) => (
        <Section
          key={section.id}
          section={section}
          notes={visit.notes}
          earlier={earlier}
          same={visit.since_last?.same ?? {}}
          commenting={commenting}
        />
      ))}
    </div>
  );
}
