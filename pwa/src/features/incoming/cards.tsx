/** One proposal with both values side by side, and one held record with the reason why it is held. */
import type { ComponentChildren } from 'preact';
import type { HeldOperation, Proposal, ProposedField } from '../../core/api/incomingTypes';
import { showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { user } from '../../core/session';
import { Button } from '../../ui/button';
import { Tag } from '../../ui/tag';
import type { Asked } from './deciding';
import { fieldName, fieldWord, isDecidable, newPeople, proposalKind, valueWord } from './model';

type Ask = (asked: Asked) => void;

function Side({
  label,
  value,
  note,
  strong,
}: {
  label: string;
  value: string;
  note: string;
  strong?: boolean;
}) {
  return (
    <div class={strong ? 'inc-side inc-side-new' : 'inc-side'}>
      <span class="inc-label">{label}</span>
      <b class="inc-value">{value}</b>
      {note && <small class="muted">{note}</small>}
    </div>
  );
}

function FieldPair({ field, author, written }: { field: ProposedField; author: string; written: string }) {
  const by = [field.current_by ?? '', field.current_at ? showInstant(field.current_at) : ''];
  return (
    <li class="inc-field">
      <h4>{fieldName(field)}</h4>
      <Twins twins={field.twins} />
      <div class="inc-pair">
        <Side
          label={t('incoming.current')}
          value={valueWord(field.field, field.current)}
          note={by.filter(Boolean).join(' · ')}
        />
        <Side
          strong
          label={t('incoming.proposed')}
          value={valueWord(field.field, field.proposed)}
          note={`${author} · ${written}`}
        />
      </div>
    </li>
  );
}

/** Somebody else of the county carries the same number: named where the reader may see them, else only counted. */
function Twins({ twins }: { twins: ProposedField['twins'] }) {
  if (!twins || (twins.here.length === 0 && !twins.elsewhere)) return null;
  const named = twins.here.map(({ head_name, household_number }) =>
    t('incoming.twin', { name: head_name, number: household_number }),
  );
  const elsewhere = twins.elsewhere ? [t('incoming.twinElsewhere')] : [];
  return (
    <p class="inc-twins" role="note">
      <Tag tone="strong">{t('incoming.twins')}</Tag> {[...named, ...elsewhere].join('；')}
    </p>
  );
}

/** All that is known of somebody new, person by person. */
function NewPeople({ fields }: { fields: readonly ProposedField[] }) {
  return (
    <ul class="inc-fields">
      {newPeople(fields).map(([id, said]) => (
        <li key={id} class="inc-field">
          <h4>{id === null ? t('incoming.newHome') : (said[0]?.member_name ?? '')}</h4>
          <ul class="inc-said">
            {said
              .filter(({ field }) => id === null || field !== 'name')
              .map((one) => (
                <li key={one.field}>
                  <span class="muted">{fieldWord(id, one.field)}</span> {valueWord(one.field, one.proposed)}
                  <Twins twins={one.twins} />
                </li>
              ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function Head({ name, place, children }: { name: string; place: string; children: ComponentChildren }) {
  return (
    <div>
      <div class="inc-head">
        <h3>{name}</h3>
        {children}
      </div>
      {place && <p class="inc-place num">{place}</p>}
    </div>
  );
}

function Verdict({ yes, by, at, comment, word }: VerdictProps) {
  return (
    <div class="inc-verdict">
      <p class="inline">
        <Tag tone={yes ? 'green' : 'plain'}>{word}</Tag>
        <span class="muted small">
          {by} · {at ? showInstant(at) : ''}
        </span>
      </p>
      {comment && <p>{comment}</p>}
    </div>
  );
}

interface VerdictProps {
  yes: boolean;
  by: string | null;
  at: string | null;
  comment: string;
  word: string;
}

function Choices({ kind, id, name, ask }: { kind: Asked['kind']; id: string; name: string; ask: Ask }) {
  return (
    <div class="inc-actions">
      <Button kind="quiet" onClick={() => ask({ kind, id, name, yes: false })}>
        {t(`incoming.${kind}.no`)}
      </Button>
      <Button icon="check" onClick={() => ask({ kind, id, name, yes: true })}>
        {t(`incoming.${kind}.yes`)}
      </Button>
    </div>
  );
}

/** Who may say yes: the village its own, the township moves between villages; the county reads. */
function decides(proposal: Proposal): boolean {
  const role = user.value?.role;
  return role === (proposal.level === 'township' ? 'township' : 'first_secretary');
}

export function ProposalCard({ proposal, ask }: { proposal: Proposal; ask: Ask }) {
  const written = showInstant(proposal.written_at ?? proposal.created_at);
  const kind = proposalKind(proposal);
  const isNew = kind === 'member' || kind === 'household';
  return (
    <li class="card inc-card">
      <Head
        name={proposal.head_name}
        place={[proposal.village, proposal.household_number].filter(Boolean).join(' · ')}
      >
        <Tag tone={kind === 'overlap' ? 'accent' : 'strong'}>{t(`incoming.kind.${kind}`)}</Tag>
      </Head>
      <p class="muted small">{t(`incoming.kindText.${kind}`)}</p>
      {isNew ? (
        <NewPeople fields={proposal.fields} />
      ) : (
        <ul class="inc-fields">
          {proposal.fields.map((field) => (
            <FieldPair
              key={`${field.member_id}/${field.field}`}
              field={field}
              author={proposal.author_name}
              written={written}
            />
          ))}
        </ul>
      )}
      {isNew && (
        <p class="muted small">
          {proposal.author_name} · {written}
        </p>
      )}
      {proposal.reason && (
        <p>
          <span class="muted">{t('incoming.reason')}</span> {proposal.reason}
        </p>
      )}
      {proposal.state !== 'open' && (
        <Verdict
          yes={proposal.state === 'approved'}
          word={t(`incoming.state.${proposal.state}`)}
          by={proposal.decided_by}
          at={proposal.decided_at}
          comment={proposal.comment}
        />
      )}
      {proposal.state === 'open' && decides(proposal) && (
        <Choices kind="proposals" id={proposal.id} name={proposal.head_name} ask={ask} />
      )}
      {proposal.state === 'open' && !decides(proposal) && (
        <p class="muted small">{t(`incoming.waits.${proposal.level}`)}</p>
      )}
    </li>
  );
}

/** What a held record says, in short: enough to know what one decides on. */
function HeldContent({ held }: { held: HeldOperation }) {
  if (held.edit)
    return (
      <ul class="inc-said">
        {held.edit.set.map(({ member_id, field, value }) => (
          <li key={`${member_id}/${field}`}>
            <span class="muted">{fieldWord(member_id, field)}</span> {valueWord(field, value)}
          </li>
        ))}
        {held.edit.reason && (
          <li>
            <span class="muted">{t('incoming.reason')}</span> {held.edit.reason}
          </li>
        )}
      </ul>
    );
  if (!held.visit) return null;
  const { answers, notes, photo_count } = held.visit;
  const counts = { n: Object.keys(answers).length, photos: photo_count };
  return (
    <ul class="inc-said">
      <li>{t('incoming.visitSays', counts)}</li>
      {Object.entries(notes).map(([question, note]) => (
        <li key={question}>
          <span class="muted">{t('incoming.note')}</span> {note}
        </li>
      ))}
    </ul>
  );
}

export function HeldCard({ held, ask }: { held: HeldOperation; ask: Ask }) {
  const name = held.head_name ?? t('incoming.unknownHousehold');
  const times = [
    held.visited_at && t('incoming.visitedAt', { when: showInstant(held.visited_at) }),
    t('incoming.receivedAt', { when: showInstant(held.received_at) }),
  ];
  return (
    <li class="card inc-card">
      <Head name={name} place={[held.village, held.household_number].filter(Boolean).join(' · ')}>
        <Tag tone="accent">{t(`incoming.held.${held.code}`)}</Tag>
      </Head>
      <p>{t(`incoming.heldText.${held.code}`, { author: held.author_name })}</p>
      <HeldContent held={held} />
      <p class="muted small">
        {held.author_name} · {times.filter(Boolean).join(' · ')}
      </p>
      {held.state !== 'open' && (
        <Verdict
          yes={held.state === 'taken'}
          word={t(`incoming.state.${held.state === 'taken' ? 'taken' : 'notTaken'}`)}
          by={held.decided_by}
          at={held.decided_at}
          comment={held.comment}
        />
      )}
      {isDecidable(held) && <Choices kind="held" id={held.id} name={name} ask={ask} />}
    </li>
  );
}
