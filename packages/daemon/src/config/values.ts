/** The types of values that several sections of the configuration have. The `error` of a type completes "expected ...". */
import { z } from 'zod';

export const wholeNumber = (from: number, to: number) => {
  const error = `a whole number from ${from} to ${to}`;
  const number = z.int({ error }).min(from, { error }).max(to, { error });
  // A number from an environment variable is a string.
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    number,
  );
};

export const yesOrNo = z.preprocess(
  (value) => (value === 'true' || value === 'false' ? value === 'true' : value),
  z.boolean({ error: 'true or false' }),
);

export const mapping = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'a mapping' });

/** The content of a file in PEM format. */
export const pem = (label: string, expected: string) =>
  z.string({ error: expected }).refine((content) => content.includes(`-----BEGIN ${label}`), {
    error: `${expected}, with \${file:PATH}`,
  });

export const certificate = pem('CERTIFICATE', 'the content of a certificate in PEM format');
