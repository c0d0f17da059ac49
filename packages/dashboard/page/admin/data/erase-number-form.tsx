/** Finds everything of one telephone number and erases it, after the number was typed again. */
import { useState, type FormEvent } from 'react';
import { useClient } from 'urql';
import { Link } from 'wouter';
import { toApiError, type ApiError } from '../../api/errors.ts';
import { Button } from '../../ui/button.tsx';
import { fieldText } from '../../ui/form/form-text.ts';
import { dateTimeText } from '../../ui/format.ts';
import { CALLS_OF_NUMBER, ERASE_NUMBER, type FoundCalls } from './documents.ts';
import { eraseAll, erasedText, isSameNumber, type Erased } from './erase-number.ts';

interface Found {
  readonly number: string;
  readonly calls: FoundCalls;
}

export function EraseNumberForm() {
  const client = useClient();
  const [found, setFound] = useState<Found>();
  const [erased, setErased] = useState<Erased>();
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);

  async function find(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const number = fieldText(new FormData(event.currentTarget), 'number');
    if (number === '' || isBusy) return;
    setBusy(true);
    setErased(undefined);
    const { data, error: failure } = await client
      .query(CALLS_OF_NUMBER, { number }, { requestPolicy: 'network-only' })
      .toPromise();
    setBusy(false);
    setError(data ? undefined : toApiError(failure!));
    setFound(data && { number, calls: data.calls });
  }

  async function erase(number: string): Promise<void> {
    setBusy(true);
    const result = await eraseAll(async () => {
      const { data, error: failure } = await client.mutation(ERASE_NUMBER, { number }).toPromise();
      return data ? data.eraseNumber : toApiError(failure!);
    }, setErased);
    setBusy(false);
    setError('code' in result ? result : undefined);
    if ('code' in result) return;
    setFound(undefined);
    setErased(result);
  }

  return (
    <section className="card" aria-labelledby="erase-title">
      <h2 id="erase-title">Erase a number</h2>
      <p className="muted">
        Erases all ended calls from or to a number with their transcripts and recordings, and failed attempts
        to call it. Calls with a legal hold are kept.
      </p>
      <form className="form-row" onSubmit={(event) => void find(event)}>
        <label className="field">
          <span>Number</span>
          <input type="tel" name="number" required autoComplete="off" placeholder="+1 500 555 0123" />
        </label>
        <Button type="submit" isBusy={isBusy}>
          Find calls
        </Button>
      </form>
      {error && (
        <p className="form-error" role="alert">
          {error.message} {error.remedy}
        </p>
      )}
      {found && <Confirm found={found} isBusy={isBusy} onErase={() => void erase(found.number)} />}
      {erased && <Result erased={erased} />}
    </section>
  );
}

interface ConfirmProps {
  readonly found: Found;
  readonly isBusy: boolean;
  readonly onErase: () => void;
}

function Confirm({ found: { number, calls }, isBusy, onErase }: ConfirmProps) {
  const [typed, setTyped] = useState('');
  const isConfirmed = isSameNumber(typed, number);
  const { totalCount, nodes } = calls;
  const now = Date.now();
  return (
    <>
      <p role="status">
        {totalCount === 1 ? '1 call was found.' : `${totalCount.toLocaleString()} calls were found.`}
      </p>
      <ul className="erase-calls">
        {nodes.map(({ id, createdAt, isLive, provider }) => (
          <li key={id}>
            <Link href={`/calls/${id}`}>{dateTimeText(createdAt, now)}</Link>{' '}
            <span className="muted">
              {provider.displayName}
              {isLive && ', live: end it first'}
            </span>
          </li>
        ))}
        {totalCount > nodes.length && <li className="faint">{totalCount - nodes.length} more</li>}
      </ul>
      <form
        className="form-row"
        onSubmit={(event) => {
          event.preventDefault();
          if (isConfirmed && !isBusy) onErase();
        }}
      >
        <label className="field">
          <span>Type the number again to erase it</span>
          <input
            type="tel"
            autoComplete="off"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        <Button type="submit" kind="danger" disabled={!isConfirmed} isBusy={isBusy}>
          {isBusy ? 'Erasing…' : 'Erase for good'}
        </Button>
      </form>
    </>
  );
}

function Result({ erased }: { readonly erased: Erased }) {
  return (
    <div role="status">
      <p>{erasedText(erased)}</p>
      <Kept title="Kept because of a legal hold:" ids={erased.held} />
      <Kept title="Kept because they are live; end them first:" ids={erased.live} />
    </div>
  );
}

function Kept({ title, ids }: { readonly title: string; readonly ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return (
    <>
      <p>{title}</p>
      <ul className="erase-calls">
        {ids.map((id) => (
          <li key={id}>
            <Link href={`/calls/${id}`}>{id}</Link>
          </li>
        ))}
      </ul>
    </>
  );
}
