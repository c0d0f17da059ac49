/** Shows the progress of a command: one line that changes on a terminal, lines now and then elsewhere. */

/** How many updates a line stands for if the output is not a terminal. */
const UPDATES_PER_LINE = 30;

type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

export interface ProgressLine {
  update(text: string): void;
  /** Writes the last state and ends the line. */
  end(text: string): void;
}

export function createProgressLine(output: Output): ProgressLine {
  let updates = 0;
  let longest = 0;

  function rewrite(text: string): void {
    longest = Math.max(longest, text.length);
    output.write(`\r${text.padEnd(longest)}`);
  }

  return {
    update(text) {
      if (output.isTTY) rewrite(text);
      else if (updates++ % UPDATES_PER_LINE === 0) output.write(`${text}\n`);
    },
    end(text) {
      if (output.isTTY) rewrite(text);
      else output.write(text);
      output.write('\n');
    },
  };
}
