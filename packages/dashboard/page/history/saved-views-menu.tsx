/** The saved searches: a list of links, and a form to save the current one. */
import { useSyncExternalStore, type FormEvent } from 'react';
import { Link } from 'wouter';
import { Button } from '../ui/button.tsx';
import { fieldText } from '../ui/form/form-text.ts';
import { Icon } from '../ui/icon.tsx';
import '../notes/notes.css';
import { MAX_NAME_LENGTH, savedViews, withoutView, withView } from './saved-views.ts';

export function SavedViewsMenu({ search }: { readonly search: string }) {
  const views = useSyncExternalStore(savedViews.subscribe, savedViews.state);

  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const name = fieldText(new FormData(form), 'name');
    if (name === '') return;
    savedViews.set(withView(views, { name, search }));
    form.reset();
  }

  return (
    <details className="saved-views">
      <summary>Saved views{views.length > 0 && ` (${views.length})`}</summary>
      {views.length > 0 && (
        <ul className="saved-views-list">
          {views.map((view) => (
            <li key={view.name} className="tag">
              <Link
                href={`/history?${view.search}`}
                dir="auto"
                aria-current={view.search === search ? 'page' : undefined}
              >
                {view.name}
              </Link>
              <button
                type="button"
                className="tag-remove"
                aria-label={`Delete the view ${view.name}`}
                onClick={() => savedViews.set(withoutView(views, view.name))}
              >
                <Icon name="close" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {search === '' ? (
        <p className="muted">Search or filter, then save the view here. Views are stored on this device.</p>
      ) : (
        <form className="saved-views-form" onSubmit={save}>
          <input
            name="name"
            aria-label="Name of the view"
            placeholder="Name of the view"
            required
            autoComplete="off"
            maxLength={MAX_NAME_LENGTH}
          />
          <Button type="submit">Save view</Button>
        </form>
      )}
    </details>
  );
}
