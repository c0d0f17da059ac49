/** Finds changes of the plugin contract that can break a plugin, from the reference pages of two versions. */

interface Member {
  readonly isOptional: boolean;
  /** The declaration without comments. */
  readonly lines: readonly string[];
}

interface Declaration {
  /** Those of an interface; empty for other declarations. */
  readonly members: ReadonlyMap<string, Member>;
  /** The quoted values of the declaration. */
  readonly values: ReadonlySet<string>;
}

/** Types that only the daemon creates: it can add required members. */
const CREATED_BY_THE_DAEMON: ReadonlySet<string> = new Set([
  'BackfillRequest',
  'ControlledCall',
  'CommandContext',
  'PlaceCallArguments',
  'IngressRequest',
  'IngressRequestHead',
  'Clock',
  'Logger',
  'PluginState',
  'MediaStream',
  'GuardedAccess',
  'PluginHost',
  'ProviderHost',
  'Socket',
  'TranscriptionRequest',
  'TranscribedCall',
  'TranscriberHost',
]);

const MEMBER = /^ {2}(?:readonly )?(\w+)(\??)[(:<]/;

/** Returns the declarations in the code blocks of a reference page. */
function declarationsOf(page: string): ReadonlyMap<string, Declaration> {
  const code = [...page.matchAll(/```ts\n([^]*?)```/g)].map(([, block]) => block!).join('\n');
  const declarations = new Map<string, Declaration>();
  for (const text of code.split(/^(?=(?:interface|type|const|declare function) )/m)) {
    const [, name] = /^(?:interface|type|const|declare function) (\w+)/.exec(text) ?? [];
    if (name === undefined) continue;
    const plain = text.replaceAll(/\/\*\*[^]*?\*\//g, '').replaceAll(/^ *\/\/.*$/gm, '');
    const values = new Set([...plain.matchAll(/'([^']+)'/g)].map(([, value]) => value!));
    declarations.set(name, { members: membersIn(plain), values });
  }
  return declarations;
}

function membersIn(text: string): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  if (!text.startsWith('interface')) return members;
  let current: { name: string; isOptional: boolean; lines: string[] } | undefined;
  const close = (): void => {
    if (current) members.set(current.name, current);
  };
  for (const line of text.split('\n').slice(1)) {
    const [, name, mark] = MEMBER.exec(line) ?? [];
    if (name !== undefined) {
      close();
      current = { name, isOptional: mark === '?', lines: [] };
    }
    if (line.trim() !== '' && line !== '}') current?.lines.push(line.trim());
  }
  close();
  return members;
}

/** Returns one line for each change that can break a plugin. A changed type of a member is reported for a person to look at. */
export function breakingContractChanges(before: string, after: string): string[] {
  const next = declarationsOf(after);
  return [...declarationsOf(before)].flatMap(([name, declaration]) => {
    const now = next.get(name);
    return now ? changesOf(name, declaration, now) : [`${name}: was removed`];
  });
}

function changesOf(name: string, before: Declaration, after: Declaration): string[] {
  const changes: string[] = [];
  for (const value of before.values)
    if (!after.values.has(value)) changes.push(`${name}: the value ${value} was removed`);
  for (const [key, member] of before.members) {
    const now = after.members.get(key);
    if (!now) changes.push(`${name}.${key}: was removed`);
    else if (member.isOptional && !now.isOptional && !CREATED_BY_THE_DAEMON.has(name))
      changes.push(`${name}.${key}: became required`);
    else if (!member.isOptional && now.isOptional && CREATED_BY_THE_DAEMON.has(name))
      changes.push(`${name}.${key}: became optional`);
    else if (!isSameType(member, CREATED_BY_THE_DAEMON.has(name) ? withoutOptional(member, now) : now))
      changes.push(`${name}.${key}: its type changed`);
  }
  for (const [key, { isOptional }] of after.members)
    if (!before.members.has(key) && !isOptional && !CREATED_BY_THE_DAEMON.has(name))
      changes.push(`${name}.${key}: a required member was added`);
  return changes;
}

/** Leaves out a last parameter that is optional and new: a plugin that calls the method does not notice it. */
function withoutOptional({ lines: [first] }: Member, now: Member): Member {
  const [nowFirst, ...others] = now.lines;
  const shorter = nowFirst!.replace(/,? ?\w+\?: [^,()]+\)/, ')');
  return shorter === first ? { ...now, lines: [shorter, ...others] } : now;
}

/** Whether two declarations differ in nothing but whether the member is optional, and in optional fields that were added. */
function isSameType({ lines: [first, ...before] }: Member, { lines: [nowFirst, ...now] }: Member): boolean {
  const kept = now.filter((line) => before.includes(line) || !/^(readonly )?\w+\?:/.test(line));
  return first!.replace('?:', ':') === nowFirst!.replace('?:', ':') && before.join('\n') === kept.join('\n');
}
